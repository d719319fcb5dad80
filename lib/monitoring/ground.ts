import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { Gp3StorageClass } from "../kubernetes/gp3-storage-class";
import { Namespace, type PodSecurity } from "../kubernetes/namespace";
import { NAMESPACES } from "../kubernetes/namespaces";
import type { PodPolicy } from "../kubernetes/network-policy";
import type { KeyArns } from "../security/encryption-keys";

export interface GroundProps {
  readonly keys: Pick<KeyArns, "volumes">;
  readonly deletionProtection: boolean;
  /** Whom the pods may speak to, by namespace. */
  readonly policies: Readonly<Record<string, readonly PodPolicy[]>>;
}

export const STORAGE_CLASS = "monitoring-gp3";

/** What monitoring stands on in one cluster: where its volumes come from, and its namespaces, each made when it is needed. */
export class Ground {
  readonly storageClass: ITerraformDependable;
  private readonly made = new Map<string, ITerraformDependable>();

  /** Everything is made in `scope` itself, where it stood before there was a write side. */
  constructor(
    private readonly scope: Construct,
    private readonly props: GroundProps,
  ) {
    const { keys, deletionProtection } = props;
    this.storageClass = new Gp3StorageClass(scope, "StorageClass", {
      name: STORAGE_CLASS,
      keys,
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
    const { policies, deletionProtection } = this.props;
    const { resource } = new Namespace(this.scope, id, {
      ...{ name, podSecurity, policies: policies[name], volumes: { deletionProtection } },
    });
    this.made.set(name, resource);
    return resource;
  }
}

/** Of Prometheus, Alertmanager and Grafana, of which the first two have volumes. */
export const metricsNamespace = (ground: Ground): ITerraformDependable =>
  ground.namespace("Namespace", NAMESPACES.monitoring, "restricted");
