import { S3BucketNotification } from "@cdktf/provider-aws/lib/s3-bucket-notification";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { RECOVERY_RULES } from "../config/recovery";
import { checkProps, given, list, optional, type Rules } from "../core/rules";
import type { ExportBucket } from "./export-bucket";

export interface FailedCopiesProps {
  /** The bucket that is copied, by a rule with metrics: S3 tells of no other. It has no notifications but these. */
  readonly bucket: ExportBucket;
  /** Topic of the bucket's Region; its policy and its key must let S3 in. */
  readonly topicArn: string;
  /** The topic's policy, without which S3 refuses the topic. @default - it is there already */
  readonly dependsOn?: readonly ITerraformDependable[];
}

const RULES: Rules<FailedCopiesProps> = {
  bucket: given("a bucket"),
  topicArn: { ...RECOVERY_RULES.failureTopic, isOptional: false },
  dependsOn: optional(list("a list of resources")),
};

/** Tells a topic of each object that could not be copied into the other Region, and why. */
export class FailedCopies extends Construct {
  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: FailedCopiesProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const { bucket, topicArn, dependsOn = [] } = props;

    new S3BucketNotification(this, "Resource", {
      bucket: bucket.bucket,
      topic: [{ id: "failed-copies", topicArn, events: ["s3:Replication:OperationFailedReplication"] }],
      dependsOn: [...dependsOn],
    });
  }
}
