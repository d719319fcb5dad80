import type { DeploymentV1Config } from "@cdktf/provider-kubernetes/lib/deployment-v1";
import type { IngressV1Config } from "@cdktf/provider-kubernetes/lib/ingress-v1";
import type { NetworkPolicyV1Config } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import type { StatefulSetV1Config } from "@cdktf/provider-kubernetes/lib/stateful-set-v1";
import { type ITerraformDependable, type TerraformMetaArguments, TerraformResource } from "cdktf";
import type { Construct } from "constructs";
import { terraformArguments } from "./terraform-arguments";

/** The provider's own arguments, by the name of the resource without `kubernetes_`. */
interface Arguments {
  readonly deployment_v1: DeploymentV1Config;
  readonly ingress_v1: IngressV1Config;
  readonly network_policy_v1: NetworkPolicyV1Config;
  readonly stateful_set_v1: StatefulSetV1Config;
}

type KubernetesResourceProps<Kind extends keyof Arguments> = Omit<Arguments[Kind], keyof TerraformMetaArguments> & {
  /** Resources that Terraform creates first. */
  readonly dependsOn: readonly ITerraformDependable[];
};

/**
 * What `kubectl rollout restart` writes. The provider leaves out the annotations of Kubernetes itself, except those of a
 * pod template: the next deployment would take this one off, and start all pods again.
 */
const RESTARTED_AT = 'spec[0].template[0].metadata[0].annotations["kubectl.kubernetes.io/restartedAt"]';
const WITH_POD_TEMPLATE: readonly (keyof Arguments)[] = ["deployment_v1", "stateful_set_v1"];

/**
 * A resource of the Kubernetes provider. It uses only the types of the provider's bindings, because their classes are
 * 11 MB of JavaScript: one class for each object within a pod.
 */
export class KubernetesResource<Kind extends keyof Arguments> extends TerraformResource {
  private readonly attributes: Record<string, unknown>;

  constructor(scope: Construct, id: string, kind: Kind, { dependsOn, ...args }: KubernetesResourceProps<Kind>) {
    super(scope, id, {
      terraformResourceType: `kubernetes_${kind}`,
      terraformGeneratorMetadata: { providerName: "kubernetes" },
      dependsOn: [...dependsOn],
      ...(WITH_POD_TEMPLATE.includes(kind) && { lifecycle: { ignoreChanges: [RESTARTED_AT] } }),
    });
    this.attributes = terraformArguments(args, this.node.path);
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return this.attributes;
  }

  /** HCL needs the schema of each argument, and only the bindings' classes include it. */
  protected override synthesizeHclAttributes(): never {
    throw new Error(`${this.node.path}: must be synthesized as JSON, got HCL`);
  }
}
