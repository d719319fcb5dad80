import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { Statement } from "./policy";

interface PrivateBucket {
  readonly bucket: S3Bucket;
  /** Key of its objects. @default - S3's own keys, for access logs, for which S3 supports no other */
  readonly keyArn?: string;
  /** Region that the bucket is in. @default - the stack's */
  readonly region?: string;
}

/**
 * What every bucket of ours is: shut to the public, its objects the account's, encrypted, with our key if there is one, and
 * kept in versions. It is made in `scope` itself, which is the bucket's own construct.
 * @returns what a policy and a lifecycle depend on.
 */
export function keepPrivate(
  scope: Construct,
  { bucket: { id: bucket, lifecycle }, keyArn, region }: PrivateBucket,
): { readonly block: ITerraformDependable; readonly versioning: ITerraformDependable } {
  new S3BucketOwnershipControls(scope, "Ownership", {
    region,
    bucket,
    rule: { objectOwnership: "BucketOwnerEnforced" },
  });
  const block = new S3BucketPublicAccessBlock(scope, "PublicAccessBlock", {
    region,
    bucket,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  const versioning = new S3BucketVersioningA(scope, "Versioning", {
    region,
    bucket,
    versioningConfiguration: { status: "Enabled" },
    // Without it, a later deletion or overwriting is final: it is guarded as its bucket is.
    lifecycle,
  });
  new S3BucketServerSideEncryptionConfigurationA(scope, "Encryption", {
    region,
    bucket,
    rule: [
      {
        ...(keyArn === undefined
          ? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }
          : {
              applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn },
              bucketKeyEnabled: true,
            }),
        // S3 sets it on every bucket made since April 2026; a plan that doesn't say so takes it off again, each time.
        blockedEncryptionTypes: ["SSE-C"],
      },
    ],
  });
  return { block, versioning };
}

/** Nobody reaches a bucket but by TLS. */
export const tlsOnly = ({ arn }: S3Bucket): Statement => ({
  Sid: "TlsOnly",
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: [arn, `${arn}/*`],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});

/** Nobody puts an object under another key. A request that names no encryption gets the bucket's own, which is by ours. */
export const ourKeyOnly = ({ arn }: S3Bucket, keyArn: string): readonly Statement[] => [
  {
    Sid: "OurKeyOnly",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutObject",
    Resource: `${arn}/*`,
    Condition: {
      StringNotEquals: { "s3:x-amz-server-side-encryption-aws-kms-key-id": keyArn },
      Null: { "s3:x-amz-server-side-encryption-aws-kms-key-id": "false" },
    },
  },
  {
    Sid: "KmsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutObject",
    Resource: `${arn}/*`,
    Condition: {
      StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" },
      Null: { "s3:x-amz-server-side-encryption": "false" },
    },
  },
];
