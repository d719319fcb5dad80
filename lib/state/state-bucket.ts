import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { Construct } from "constructs";
import { isBucketName, nameOf, STATE_BUCKET_SUFFIX, takeName } from "../core/names";
import { checkProps, isTrueOrFalse, optional, type Rules } from "../core/rules";
import { EncryptionKey } from "../security/encryption-key";
import { policyOf } from "../security/policy";

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
    checkProps(this, props, RULES);
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

    new S3BucketOwnershipControls(this, "Ownership", {
      bucket: bucket.id,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
    const block = new S3BucketPublicAccessBlock(this, "PublicAccessBlock", {
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    const versioning = new S3BucketVersioningA(this, "Versioning", {
      bucket: bucket.id,
      versioningConfiguration: { status: "Enabled" },
    });
    new S3BucketServerSideEncryptionConfigurationA(this, "Encryption", {
      bucket: bucket.id,
      rule: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: this.keyArn },
          bucketKeyEnabled: true,
          // S3 sets it on every bucket made since April 2026; a plan that doesn't say so takes it off again, each time.
          blockedEncryptionTypes: ["SSE-C"],
        },
      ],
    });
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
      policy: policyOf(
        {
          Sid: "TlsOnly",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [bucket.arn, `${bucket.arn}/*`],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
        // A request that names no encryption gets the bucket's own, which is by our key.
        {
          Sid: "OurKeyOnly",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:PutObject",
          Resource: `${bucket.arn}/*`,
          Condition: {
            StringNotEquals: { "s3:x-amz-server-side-encryption-aws-kms-key-id": this.keyArn },
            Null: { "s3:x-amz-server-side-encryption-aws-kms-key-id": "false" },
          },
        },
        {
          Sid: "KmsOnly",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:PutObject",
          Resource: `${bucket.arn}/*`,
          Condition: {
            StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" },
            Null: { "s3:x-amz-server-side-encryption": "false" },
          },
        },
      ),
      dependsOn: [block],
    });
  }
}
