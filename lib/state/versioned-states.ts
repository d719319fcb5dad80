import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { AccessLogsConfig } from "../config/access-logs";
import { AccessLogs } from "../security/access-logs";
import { EncryptionKey } from "../security/encryption-key";
import { policyOf } from "../security/policy";
import { keepPrivate, ourKeyOnly, tlsOnly } from "../security/private-bucket";

interface VersionedStatesProps {
  readonly naming: { readonly bucket: string } | { readonly bucketPrefix: string };
  readonly key: { readonly alias: string; readonly description: string };
  /** Begins the name of the bucket of access logs. */
  readonly logsName: string;
  /** @default - none */
  readonly accessLogs?: AccessLogsConfig;
  /** @default - the stack's */
  readonly region?: string;
  readonly deletionProtection: boolean;
}

/** A bucket of states, with the key that encrypts them. */
export interface VersionedStates {
  readonly bucket: string;
  readonly arn: string;
  readonly keyArn: string;
  /** Pass it to `dependsOn` of what replicates. */
  readonly versions: readonly ITerraformDependable[];
}

/** Versions of a state that are kept after a newer one came: the last ten, and any of the last 90 days. */
const OLD_VERSIONS = { newerNoncurrentVersions: 10, noncurrentDays: 90 } as const;
const ABORT_UPLOADS_AFTER_DAYS = 7;

/** A bucket of states and its key in one Region, made in `scope` itself. */
export function keepStates(
  scope: Construct,
  { naming, key, logsName, accessLogs, region, deletionProtection }: VersionedStatesProps,
): VersionedStates {
  const { arn: keyArn } = new EncryptionKey(scope, "Key", { ...key, region, deletionProtection });
  const bucket = new S3Bucket(scope, "Resource", {
    region,
    ...naming,
    lifecycle: { preventDestroy: deletionProtection },
  });
  const { block, versioning } = keepPrivate(scope, { bucket, keyArn, region });
  new S3BucketLifecycleConfiguration(scope, "Lifecycle", {
    region,
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
  new S3BucketPolicy(scope, "Policy", {
    region,
    bucket: bucket.id,
    policy: policyOf(tlsOnly(bucket), ...ourKeyOnly(bucket, keyArn)),
    dependsOn: [block],
  });
  if (accessLogs !== undefined) new AccessLogs(scope, "AccessLogs", { ...accessLogs, name: logsName, bucket, region });
  return { bucket: bucket.bucket, arn: bucket.arn, keyArn, versions: [versioning] };
}
