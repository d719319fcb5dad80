import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { RECOVERY_RULES } from "../config/recovery";
import { Account } from "../core/account";
import { takeName } from "../core/names";
import { checkProps, isTrueOrFalse, optional, type Rules, text } from "../core/rules";
import { type KeyArns, keysFor } from "../security/encryption-keys";
import { policyOf, type Statement } from "../security/policy";

export interface FailedJobsProps {
  /** Begins the names of rule and topic: at most 40 letters, digits, '_' and '-'. */
  readonly name: string;
  /** Key of the topic; EventBridge must be let in by its policy, and S3 with `bucketArn`. */
  readonly keys: Pick<KeyArns, "backups">;
  /** ARN of a topic that stands already. @default - one of its own */
  readonly topicArn?: string;
  /** ARN of a bucket of this account that may tell a topic of its own by itself, as `FailedCopies` does. @default - none */
  readonly bucketArn?: string;
  /** Whether Terraform refuses to destroy the topic, with the subscriptions that people confirmed. @default true */
  readonly deletionProtection?: boolean;
}

const RULES: Rules<FailedJobsProps> = {
  name: text("1 to 40 letters, digits, '_' and '-'", /^[\w-]{1,40}$/),
  keys: keysFor("backups"),
  topicArn: RECOVERY_RULES.failureTopic,
  bucketArn: optional(text("a bucket's ARN", /^arn:[a-z-]+:s3:::\S+$/)),
  deletionProtection: optional(isTrueOrFalse),
};

/**
 * What AWS Backup calls jobs that came to nothing, or to less than all: of a cluster, a volume may be missing. A restore has a
 * status where the others have a state.
 */
const FAILURES = ["FAILED", "ABORTED", "EXPIRED", "PARTIAL"] as const;
const JOBS = ["Backup Job State Change", "Copy Job State Change", "Restore Job State Change"] as const;

/** Tells a topic of each job of AWS Backup that failed, in this account and Region, whichever plan it is of. */
export class FailedJobs extends Construct {
  /** Subscribe to it whoever is to hear of them. */
  readonly topicArn: string;
  /** Policy of a topic of its own: pass it to `dependsOn` of what tells it more. */
  readonly topicPolicy?: ITerraformDependable;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: FailedJobsProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const name = `${props.name}-failed-backups`;

    const rule = new CloudwatchEventRule(this, "Resource", {
      name,
      description: "Jobs of AWS Backup that came to nothing, or to less than all",
      eventPattern: JSON.stringify({
        source: ["aws.backup"],
        "detail-type": JOBS,
        detail: { $or: [{ state: FAILURES }, { status: FAILURES }] },
      }),
    });
    const own = props.topicArn === undefined ? this.topic(name, props) : undefined;
    this.topicArn = props.topicArn ?? own?.arn ?? "";
    this.topicPolicy = own?.policy;
    new CloudwatchEventTarget(this, "Target", {
      rule: rule.name,
      arn: this.topicArn,
      dependsOn: own && [own.policy],
    });
  }

  /**
   * Its policy lets EventBridge in without a condition. Its user guide allows none in a topic's policy ("Amazon SNS
   * permissions"), and of one that does not hold nobody hears. A rule of another account could publish here, too: read what
   * the topic says as a reason to look, not as proof.
   */
  private topic(
    name: string,
    { keys, bucketArn, deletionProtection = true }: FailedJobsProps,
  ): { readonly arn: string; readonly policy: ITerraformDependable } {
    takeName(this, "SNS topic", name);
    const { arn } = new SnsTopic(this, "Topic", {
      name,
      kmsMasterKeyId: keys.backups,
      lifecycle: { preventDestroy: deletionProtection },
    });
    const policy = new SnsTopicPolicy(this, "TopicPolicy", {
      arn,
      policy: policyOf(
        {
          Sid: "FailedJobs",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sns:Publish",
          Resource: arn,
        },
        ...(bucketArn === undefined ? [] : [this.copiesStatement(bucketArn, arn)]),
        {
          Sid: "TlsOnly",
          Effect: "Deny",
          Principal: "*",
          Action: "sns:Publish",
          Resource: arn,
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ),
    });
    return { arn, policy };
  }

  /** S3 says for which bucket, and whose: without the account, another's bucket of that name could take a lost one's place. */
  private copiesStatement(bucketArn: string, topicArn: string): Statement {
    return {
      Sid: "FailedCopies",
      Principal: { Service: "s3.amazonaws.com" },
      Action: "sns:Publish",
      Resource: topicArn,
      Condition: {
        ArnLike: { "aws:SourceArn": bucketArn },
        StringEquals: { "aws:SourceAccount": Account.of(this).id },
      },
    };
  }
}
