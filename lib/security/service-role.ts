import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { Account } from "../core/account";
import { nameOf, takeName } from "../core/names";
import { checkProps, given, list, optional, type Rules, rule, shape, text } from "../core/rules";
import { policyOf, type Statement } from "./policy";

export interface ServiceRoleProps {
  /** Physical name, at most 64 characters; of AWS Backup's it may end in {@link AWS_BACKUP}. A changed name is a new role: for an EKS cluster, a new cluster. */
  readonly name: string;
  /** The service that takes the role: `'eks.amazonaws.com'`. */
  readonly service: string;
  /**
   * The resource of this account and Region that the service must take the role for, `*` for what is not known:
   * `{ service: 'eks', resource: 'cluster/orders' }`. A service that names none could not take the role. @default - any
   */
  readonly source?: { readonly service: string; readonly resource: string };
  /** Pods that take the role by EKS Pod Identity: EKS tags their sessions so. @default - any of this account */
  readonly pods?: { readonly clusterName: string; readonly namespace: string; readonly serviceAccount: string };
  /** AWS's managed policies by the path behind `policy/`: `'AmazonEKSClusterPolicy'`. @default - none */
  readonly managedPolicies?: readonly string[];
  /** What else the role may do. @default - nothing */
  readonly statements?: readonly Statement[];
}

/** AWS Backup: without its own name in theirs, its roles may do nothing. */
export const AWS_BACKUP = "-AWSBackup";

const isRoleName = nameOf("IAM role");

/** What Terraform computes may be a part of it, beside `*`, as names that RDS begins are not known. */
const isSourceResource = rule("a resource", (value) => typeof value === "string" && /\S/.test(value), {
  kind: "text",
  beside: /^[\w:/*-]*$/,
});

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
  source: optional(shape({ service: text("a service's part of an ARN", /^[a-z0-9-]+$/), resource: isSourceResource })),
  pods: optional(given("an object with 'clusterName', 'namespace' and 'serviceAccount'")),
  managedPolicies: optional(list("a list of policies")),
  statements: optional(list("a list of statements")),
};

/** Services whose sessions carry tags, so that `sts:TagSession` must be allowed beside `sts:AssumeRole`. */
const TAGGING_SERVICES = ["eks.amazonaws.com", "pods.eks.amazonaws.com"];

/**
 * Services whose documentation says that they name the account that they take a role for. Not EC2, S3 and AWS Backup: there
 * the guard is IAM itself, which lets nobody pass a role to another account.
 */
const SERVICES_WITH_SOURCE = [
  "eks.amazonaws.com",
  "monitoring.rds.amazonaws.com",
  "pods.eks.amazonaws.com",
  "vpc-flow-logs.amazonaws.com",
];

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
        ...(SERVICES_WITH_SOURCE.includes(props.service) && { Condition: this.conditionOf(props) }),
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

  private conditionOf({ source, pods }: ServiceRoleProps): Statement["Condition"] {
    const { id, partition, region } = Account.of(this);
    return {
      StringEquals: {
        "aws:SourceAccount": id,
        ...(pods && {
          "aws:RequestTag/eks-cluster-name": pods.clusterName,
          "aws:RequestTag/kubernetes-namespace": pods.namespace,
          "aws:RequestTag/kubernetes-service-account": pods.serviceAccount,
        }),
      },
      ...(source && {
        ArnLike: { "aws:SourceArn": `arn:${partition}:${source.service}:${region}:${id}:${source.resource}` },
      }),
    };
  }
}
