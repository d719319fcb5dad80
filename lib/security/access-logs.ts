import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketLoggingA } from "@cdktf/provider-aws/lib/s3-bucket-logging";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { Construct } from "constructs";
import { ACCESS_LOGS_RULES, type AccessLogsConfig, accessLogDaysOf } from "../config/access-logs";
import { Account } from "../core/account";
import { nameOf } from "../core/names";
import { checkProps, given, optional, type Rules, text } from "../core/rules";
import { policyOf, type Statement } from "./policy";
import { keepPrivate, tlsOnly } from "./private-bucket";

export interface AccessLogsProps extends AccessLogsConfig {
  /** Begins the name of the bucket of logs, `<name>-logs-`: at most 31 lower-case letters, digits and single hyphens. */
  readonly name: string;
  /** Bucket whose requests are logged. Terraform refuses to destroy its logs if it refuses to destroy the bucket. */
  readonly bucket: S3Bucket;
  /** Region of both: S3 delivers logs within one Region only. @default - the stack's */
  readonly region?: string;
}

const RULES: Rules<AccessLogsProps> = {
  ...ACCESS_LOGS_RULES,
  name: nameOf("S3 bucket prefix", "-logs-"),
  bucket: given("a bucket"),
  region: optional(text("a Region", /\S/)),
};

/** Time to see that something was deleted, and to get it back. */
const OLD_VERSION_DAYS = 7;
const ABORT_UPLOADS_AFTER_DAYS = 7;

/**
 * S3's server access logs of one bucket, and the bucket that they are delivered to: who asked for which object, when, and
 * how S3 answered. The bucket of logs has none itself, because each delivery would be a line in the next one. Its objects are
 * encrypted with S3's own keys and it has no object lock, because S3 supports neither a KMS key nor a lock as the default of
 * such a bucket: S3 user guide, "Enabling Amazon S3 server access logging".
 */
export class AccessLogs extends Construct {
  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: AccessLogsProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const { name, bucket: source, region } = props;

    const bucket = new S3Bucket(this, "Resource", {
      region,
      bucketPrefix: `${name}-logs-`,
      lifecycle: source.lifecycle,
    });
    const { block, versioning } = keepPrivate(this, { bucket, region });
    new S3BucketLifecycleConfiguration(this, "Lifecycle", {
      region,
      bucket: bucket.id,
      rule: [
        {
          id: "logs-expire",
          status: "Enabled",
          filter: [{}],
          expiration: [{ days: accessLogDaysOf(props) }],
          noncurrentVersionExpiration: [{ noncurrentDays: OLD_VERSION_DAYS }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: ABORT_UPLOADS_AFTER_DAYS }],
        },
        {
          id: "nothing-is-left-of-what-expired",
          status: "Enabled",
          filter: [{}],
          expiration: [{ expiredObjectDeleteMarker: true }],
        },
      ],
      dependsOn: [versioning],
    });
    const policy = new S3BucketPolicy(this, "Policy", {
      region,
      bucket: bucket.id,
      policy: policyOf(tlsOnly(bucket), deliveryTo(bucket, source, Account.of(this))),
      dependsOn: [block],
    });
    new S3BucketLoggingA(this, "Logging", {
      region,
      bucket: source.id,
      targetBucket: bucket.id,
      targetPrefix: "",
      // By day of the request, so that a query reads no more days than it asks for.
      targetObjectKeyFormat: { partitionedPrefix: { partitionDateSource: "EventTime" } },
      // Without it S3 delivers nothing, and tells nobody.
      dependsOn: [policy],
    });
  }
}

/** S3 delivers the lines of this one bucket, and no other's. */
const deliveryTo = ({ arn }: S3Bucket, source: S3Bucket, account: Account): Statement => ({
  Sid: "AccessLogs",
  Principal: { Service: "logging.s3.amazonaws.com" },
  Action: "s3:PutObject",
  Resource: `${arn}/*`,
  Condition: {
    ArnEquals: { "aws:SourceArn": source.arn },
    StringEquals: { "aws:SourceAccount": account.id },
  },
});
