import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { checkProps, isTrueOrFalse, list, oneOf, optional, type Rules, shape } from "../core/rules";
import { NetworkPolicy, type PodPolicy } from "./network-policy";
import { isNamespaceName } from "./release-settings";

/** Kubernetes' pod security levels: what a namespace's pods may not do, the API server refuses. */
export type PodSecurity = "restricted" | "baseline" | "privileged";

export interface NamespaceProps {
  /** At most 63 lower-case letters, digits and hyphens. A changed name is a new namespace. */
  readonly name: string;
  /** What its pods may do at most. @default 'restricted' */
  readonly podSecurity?: PodSecurity;
  /** Whom its pods may speak to. @default - nobody, until a `NetworkPolicy` of its own allows it */
  readonly policies?: readonly PodPolicy[];
  /** For a namespace whose pods hold volumes. @default - it has none */
  readonly volumes?: NamespaceVolumes;
}

export interface NamespaceVolumes {
  /** Whether Terraform refuses to destroy the namespace: claims go with it. */
  readonly deletionProtection: boolean;
}

const RULES: Rules<NamespaceProps> = {
  name: isNamespaceName,
  podSecurity: optional(oneOf(["restricted", "baseline", "privileged"])),
  policies: optional(list("a list of policies")),
  volumes: optional(shape<NamespaceVolumes>({ deletionProtection: isTrueOrFalse })),
};

/** A namespace goes after its last pod has let go of its volume; the provider alone would wait for 5 minutes. */
const DELETE_TIMEOUT = "15m";

/** A namespace whose pods may do no more than is said, and speak to nobody else: it denies all traffic by default. */
export class Namespace extends Construct {
  /** Not a token, so that chart values stay plain; what uses it depends on `resource`. */
  readonly name: string;
  /** The last of its policies. Pass it to `dependsOn` of what is in the namespace, so that no pod comes before them. */
  readonly resource: ITerraformDependable;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: NamespaceProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const { name, podSecurity = "restricted", policies = [], volumes } = props;

    this.name = name;
    // cdktf leaves 'Default' out of addresses: a namespace with volumes keeps the one that it had without a construct.
    const namespace = new NamespaceV1(this, volumes === undefined ? "Resource" : "Default", {
      metadata: { name, labels: { "pod-security.kubernetes.io/enforce": podSecurity } },
      ...(volumes && {
        timeouts: { delete: DELETE_TIMEOUT },
        lifecycle: { preventDestroy: volumes.deletionProtection },
      }),
    });
    const allowed = policies.map(
      (policy) =>
        new NetworkPolicy(this, `Policy-${policy.name}`, { ...policy, namespace: name, dependsOn: [namespace] })
          .resource,
    );
    // After what it allows: in a namespace that exists, nothing is cut off meanwhile.
    this.resource = new NetworkPolicy(this, "DefaultDeny", {
      name: "default-deny",
      namespace: name,
      dependsOn: [namespace, ...allowed],
    }).resource;
  }
}
