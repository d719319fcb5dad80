import { EksPodIdentityAssociation } from "@cdktf/provider-aws/lib/eks-pod-identity-association";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { nameOf } from "../core/names";
import { checkProps, list, type Rules, text } from "../core/rules";
import type { Statement } from "../security/policy";
import { ServiceRole } from "../security/service-role";
import { isNamespaceName } from "./release-settings";

export interface PodIdentityProps {
  readonly clusterName: string;
  /** The role's name, at most 64 lower-case letters, digits and single hyphens. */
  readonly roleName: string;
  readonly namespace: string;
  /** Name of the service account that the role is for; it need not stand yet. */
  readonly serviceAccount: string;
  /** What the pods may do at AWS. */
  readonly statements: readonly Statement[];
}

const RULES: Rules<PodIdentityProps> = {
  clusterName: text("a cluster's name", /\S/),
  roleName: nameOf("IAM role"),
  namespace: isNamespaceName,
  serviceAccount: text(
    "a service account's name: at most 253 lower-case letters, digits, '-' and '.'",
    /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/,
  ),
  statements: list("a list of statements"),
};

/** A role that the pods of one service account have at AWS, by EKS Pod Identity. */
export class PodIdentity extends Construct {
  /** Pass it to `dependsOn` of the pods: those that start before it never get the role. */
  readonly resource: ITerraformDependable;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: PodIdentityProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const { clusterName, namespace, serviceAccount, statements } = props;

    const role = new ServiceRole(this, "Role", {
      name: props.roleName,
      service: "pods.eks.amazonaws.com",
      pods: { clusterName, namespace, serviceAccount },
      statements,
    });
    this.resource = new EksPodIdentityAssociation(this, "Resource", {
      clusterName,
      namespace,
      serviceAccount,
      roleArn: role.arn,
      dependsOn: role.policies,
    });
  }
}
