import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { Gp3StorageClass } from "../kubernetes/gp3-storage-class";
import type { PodSecurity } from "../kubernetes/namespace";
import { NAMESPACES } from "../kubernetes/namespaces";
import type { KeyArns } from "../security/encryption-keys";

export interface GroundProps {
  readonly keys: Pick<KeyArns, "volumes">;
  readonly tags?: Readonly<Record<string, string>>;
  readonly deletionProtection: boolean;
}

export const STORAGE_CLASS = "monitoring-gp3";
/** A namespace goes after its last pod has let go of its volume; the provider alone would wait for 5 minutes. */
const NAMESPACE_DELETE_TIMEOUT = "15m";

/** What monitoring stands on in one cluster: where its volumes come from, and its namespaces, each made when it is needed. */
export class Ground {
  readonly storageClass: ITerraformDependable;
  private readonly made = new Map<string, ITerraformDependable>();
  private readonly isProtected: boolean;

  /** Everything is made in `scope` itself, where it stood before there was a write side. */
  constructor(
    private readonly scope: Construct,
    { keys, tags, deletionProtection }: GroundProps,
  ) {
    this.isProtected = deletionProtection;
    this.storageClass = new Gp3StorageClass(scope, "StorageClass", {
      name: STORAGE_CLASS,
      keys,
      tags,
      deletionProtection,
    }).resource;
  }

  get namespaces(): readonly string[] {
    return [...this.made.keys()];
  }

  /** Claims go with their namespace: it is guarded as what they hold. */
  namespace(id: string, name: string, podSecurity: PodSecurity): ITerraformDependable {
    const standing = this.made.get(name);
    if (standing !== undefined) return standing;
    const namespace = new NamespaceV1(this.scope, id, {
      metadata: { name, labels: { "pod-security.kubernetes.io/enforce": podSecurity } },
      timeouts: { delete: NAMESPACE_DELETE_TIMEOUT },
      lifecycle: { preventDestroy: this.isProtected },
    });
    this.made.set(name, namespace);
    return namespace;
  }
}

/** Of Prometheus, Alertmanager and Grafana. */
export const metricsNamespace = (ground: Ground): ITerraformDependable =>
  ground.namespace("Namespace", NAMESPACES.monitoring, "restricted");
