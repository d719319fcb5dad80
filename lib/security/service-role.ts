import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { Account } from "../core/account";
import { nameOf, takeName } from "../core/names";
import { checkProps, list, optional, type Rules, text } from "../core/rules";
import { policyOf, type Statement } from "./policy";

export interface ServiceRoleProps {
  /** Physical name, at most 64 characters; of AWS Backup's it may end in {@link AWS_BACKUP}. A changed name is a new role: for an EKS cluster, a new cluster. */
  readonly name: string;
  /** The service that takes the role: `'eks.amazonaws.com'`. */
  readonly service: string;
  /** AWS's managed policies by the path behind `policy/`: `'AmazonEKSClusterPolicy'`. @default - none */
  readonly managedPolicies?: readonly string[];
  /** What else the role may do. @default - nothing */
  readonly statements?: readonly Statement[];
}

/** AWS Backup: without its own name in theirs, its roles may do nothing. */
export const AWS_BACKUP = "-AWSBackup";

const isRoleName = nameOf("IAM role");

const RULES: Rules<ServiceRoleProps> = {
  name: {
    ...isRoleName,
    problemsOf: (value, path) =>
      isRoleName.problemsOf(
        typeof value === "string" && value.endsWith(AWS_BACKUP) ? value.toLowerCase() : value,
        path,
      ),
  },
  service: text("a service such as 'eks.amazonaws.com'", /^[a-z0-9.-]+\.amazonaws\.com$/),
  managedPolicies: optional(list("a list of policies")),
  statements: optional(list("a list of statements")),
};

/** Services whose sessions carry tags, so that `sts:TagSession` must be allowed beside `sts:AssumeRole`. */
const TAGGING_SERVICES = ["eks.amazonaws.com", "pods.eks.amazonaws.com"];

/** Services that act for whoever asks, so that it must be said that it was this account. */
const SERVICES_FOR_ANYONE = ["monitoring.rds.amazonaws.com", "vpc-flow-logs.amazonaws.com"];

/** A role that one AWS service takes, with its policies. */
export class ServiceRole extends Construct {
  readonly arn: string;
  /** What must exist before the role is of use: pass it to `dependsOn` of whatever takes the role. */
  readonly policies: ITerraformDependable[];

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: ServiceRoleProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    takeName(this, "IAM role", props.name);
    const { managedPolicies = [], statements = [] } = props;

    const role = new IamRole(this, "Resource", {
      name: props.name,
      assumeRolePolicy: policyOf({
        Principal: { Service: props.service },
        Action: TAGGING_SERVICES.includes(props.service) ? ["sts:AssumeRole", "sts:TagSession"] : "sts:AssumeRole",
        ...(SERVICES_FOR_ANYONE.includes(props.service) && {
          Condition: { StringEquals: { "aws:SourceAccount": Account.of(this).id } },
        }),
      }),
    });
    this.policies = managedPolicies.map(
      (policy) =>
        new IamRolePolicyAttachment(this, policy.split("/").at(-1) ?? policy, {
          role: role.name,
          policyArn: `arn:${Account.of(this).partition}:iam::aws:policy/${policy}`,
        }),
    );
    if (statements.length > 0) {
      this.policies.push(new IamRolePolicy(this, "Policy", { role: role.name, policy: policyOf(...statements) }));
    }
    this.arn = role.arn;
  }
}
