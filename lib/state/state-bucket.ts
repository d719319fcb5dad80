import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { Construct } from "constructs";
import { isBucketName, nameOf, STATE_BUCKET_SUFFIX, takeName } from "../core/names";
import { checkProps, isTrueOrFalse, optional, type Rules } from "../core/rules";
import { EncryptionKey } from "../security/encryption-key";
import { policyOf } from "../security/policy";
import { keepPrivate, ourKeyOnly, tlsOnly } from "../security/private-bucket";

export interface StateBucketProps {
  /** Begins the bucket's and the key's name: at most 20 lower-case letters, digits and single hyphens. */
  readonly name: string;
  /** The bucket's whole name. @default - `<name>-terraform-state-` and what Terraform adds, as bucket names are the world's */
  readonly bucket?: string;
  /** Whether Terraform refuses to destroy bucket and key. @default true */
  readonly deletionProtection?: boolean;
}

const RULES: Rules<StateBucketProps> = {
  name: nameOf("S3 bucket prefix", STATE_BUCKET_SUFFIX),
  bucket: optional(isBucketName),
  deletionProtection: optional(isTrueOrFalse),
};

/** Versions of a state that are kept after a newer one came: the last ten, and any of the last 90 days. */
const OLD_VERSIONS = { newerNoncurrentVersions: 10, noncurrentDays: 90 } as const;
const ABORT_UPLOADS_AFTER_DAYS = 7;

/** The bucket in which all other stacks keep their state: versioned, encrypted with its own key, reached by TLS alone. */
export class StateBucket extends Construct {
  readonly bucket: string;
  readonly keyArn: string;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: StateBucketProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const { name, deletionProtection = true } = props;
    if (props.bucket !== undefined) takeName(this, "S3 bucket", props.bucket, "bucket");

    this.keyArn = new EncryptionKey(this, "Key", {
      alias: `${name}-state`,
      description: `Terraform state of ${name}`,
      deletionProtection,
    }).arn;
    const bucket = new S3Bucket(this, "Resource", {
      ...(props.bucket === undefined ? { bucketPrefix: `${name}${STATE_BUCKET_SUFFIX}` } : { bucket: props.bucket }),
      lifecycle: { preventDestroy: deletionProtection },
    });
    this.bucket = bucket.bucket;

    const { block, versioning } = keepPrivate(this, { bucket, keyArn: this.keyArn });
    new S3BucketLifecycleConfiguration(this, "Lifecycle", {
      bucket: bucket.id,
      rule: [
        {
          id: "old-versions",
          status: "Enabled",
          filter: [{}],
          noncurrentVersionExpiration: [OLD_VERSIONS],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: ABORT_UPLOADS_AFTER_DAYS }],
        },
      ],
      dependsOn: [versioning],
    });
    new S3BucketPolicy(this, "Policy", {
      bucket: bucket.id,
      policy: policyOf(tlsOnly(bucket), ...ourKeyOnly(bucket, this.keyArn)),
      dependsOn: [block],
    });
  }
}
