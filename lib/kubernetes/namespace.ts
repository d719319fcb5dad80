import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { checkProps, oneOf, optional, type Rules } from "../core/rules";
import { isNamespaceName } from "./release-settings";

/** Kubernetes' pod security levels: what a namespace's pods may not do, the API server refuses. */
export type PodSecurity = "restricted" | "baseline" | "privileged";

export interface NamespaceProps {
  /** At most 63 lower-case letters, digits and hyphens. A changed name is a new namespace. */
  readonly name: string;
  /** What its pods may do at most. @default 'restricted' */
  readonly podSecurity?: PodSecurity;
}

const RULES: Rules<NamespaceProps> = {
  name: isNamespaceName,
  podSecurity: optional(oneOf(["restricted", "baseline", "privileged"])),
};

/** A namespace whose pods may do no more than is said. */
export class Namespace extends Construct {
  /** Not a token, so that chart values stay plain; what uses it depends on `resource`. */
  readonly name: string;
  readonly resource: ITerraformDependable;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: NamespaceProps) {
    super(scope, id);
    checkProps(this, props, RULES);
    const { name, podSecurity = "restricted" } = props;

    this.name = name;
    this.resource = new NamespaceV1(this, "Resource", {
      metadata: { name, labels: { "pod-security.kubernetes.io/enforce": podSecurity } },
    });
  }
}
