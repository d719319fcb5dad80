import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketObjectLockConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-object-lock-configuration";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { DEFAULT_LOCK_MODE, LOCK_DAYS, type ObjectLock, RECOVERY_RULES } from "../config/recovery";
import { isKeyArn } from "../core/arns";
import { nameOf } from "../core/names";
import { checkProps, given, isTrueOrFalse, known, optional, type Rules, text, wholeNumber } from "../core/rules";
import { AccessLogs, type AccessLogsProps } from "../security/access-logs";
import { policyOf } from "../security/policy";
import { keepPrivate, ourKeyOnly, tlsOnly } from "../security/private-bucket";

export interface ExportBucketProps {
  /** Begins the bucket's name, to which Terraform adds the rest: at most 36 lower-case letters, digits and single hyphens. */
  readonly name: string;
  /** Key of the objects. */
  readonly keyArn: string;
  /** Days after which what is below {@link EXPORTS} expires. */
  readonly expireAfterDays: number;
  /** @default - none */
  readonly objectLock?: ObjectLock;
  /** Region that it is in. @default - the stack's */
  readonly region?: string;
  /** S3's log of each request to it, in a bucket of its own. @default - none */
  readonly accessLogs?: Omit<AccessLogsProps, "bucket" | "region">;
  /** Whether Terraform refuses to destroy it. @default true */
  readonly deletionProtection?: boolean;
}

/** Where exports and their manifests are. */
export const EXPORTS = "backups/";

/** Time to see that something was deleted, and to get it back. */
const OLD_VERSION_DAYS = 7;
const ABORT_UPLOADS_AFTER_DAYS = 7;

const RULES: Rules<ExportBucketProps> = {
  name: nameOf("S3 bucket prefix", "-"),
  keyArn: isKeyArn,
  expireAfterDays: known(wholeNumber(LOCK_DAYS)),
  objectLock: RECOVERY_RULES.objectLock,
  region: optional(text("a Region", /\S/)),
  accessLogs: optional(given("an object with 'name'")),
  deletionProtection: optional(isTrueOrFalse),
};

/** The bucket of exports, their manifests and what must be known of them: versioned, under our key, reached by TLS alone. */
export class ExportBucket extends Construct {
  readonly bucket: string;
  readonly arn: string;
  /** Its versions, and its lock if it has one: pass them to `dependsOn` of what copies it. */
  readonly versions: readonly ITerraformDependable[];

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: ExportBucketProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const { name, keyArn, objectLock, region, accessLogs, deletionProtection = true } = props;

    const bucket = new S3Bucket(this, "Resource", {
      region,
      bucketPrefix: `${name}-`,
      // Object lock is switched on beside it: the bucket's own argument would make a new one of a bucket that stands.
      forceDestroy: false,
      lifecycle: { preventDestroy: deletionProtection },
    });
    this.bucket = bucket.bucket;
    this.arn = bucket.arn;
    const { block, versioning } = keepPrivate(this, { bucket, keyArn, region });
    this.versions = [
      versioning,
      ...(objectLock === undefined ? [] : [this.lock(bucket, objectLock, props, versioning)]),
    ];

    new S3BucketLifecycleConfiguration(this, "Lifecycle", {
      region,
      bucket: bucket.id,
      rule: [
        {
          id: "exports-expire",
          status: "Enabled",
          filter: [{ prefix: EXPORTS }],
          expiration: [{ days: props.expireAfterDays }],
          noncurrentVersionExpiration: [{ noncurrentDays: OLD_VERSION_DAYS }],
        },
        {
          id: "nothing-is-left-of-what-expired",
          status: "Enabled",
          filter: [{ prefix: EXPORTS }],
          expiration: [{ expiredObjectDeleteMarker: true }],
        },
        {
          id: "uploads-end",
          status: "Enabled",
          filter: [{}],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: ABORT_UPLOADS_AFTER_DAYS }],
        },
      ],
      dependsOn: [versioning],
    });
    new S3BucketPolicy(this, "Policy", {
      region,
      bucket: bucket.id,
      policy: policyOf(tlsOnly(bucket), ...ourKeyOnly(bucket, keyArn)),
      dependsOn: [block],
    });
    if (accessLogs !== undefined) new AccessLogs(this, "AccessLogs", { ...accessLogs, bucket, region });
  }

  private lock(
    { id: bucket }: S3Bucket,
    { mode = DEFAULT_LOCK_MODE, days }: ObjectLock,
    { region }: ExportBucketProps,
    versioning: ITerraformDependable,
  ): ITerraformDependable {
    return new S3BucketObjectLockConfigurationA(this, "ObjectLock", {
      region,
      bucket,
      rule: { defaultRetention: { mode: mode.toUpperCase(), days } },
      dependsOn: [versioning],
    });
  }
}
