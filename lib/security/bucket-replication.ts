import { S3BucketReplicationConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-replication-configuration";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { ServiceRole } from "./service-role";

/** One of two buckets of which one is copied into the other. */
interface ReplicatedBucket {
  readonly bucket: string;
  readonly arn: string;
  readonly keyArn: string;
  readonly region: string;
  /** Its versioning, and its object lock if it has one: S3 refuses to replicate without both. */
  readonly versions: readonly ITerraformDependable[];
}

interface Replication {
  readonly roleName: string;
  readonly from: ReplicatedBucket;
  readonly to: ReplicatedBucket;
  /** Whether a deletion hides the copy, too. An older version that is deleted stays there in any case. */
  readonly hasDeletions: boolean;
  /** Whether the objects may have a lock, which then goes with them. */
  readonly hasLocks: boolean;
  /** @default - that of the object */
  readonly storageClass?: string;
}

/**
 * Copies of what is put into a bucket from now on in another Region, under a key of that Region. It is made in `scope`
 * itself, which is the replication's own construct.
 */
export function replicateBucket(
  scope: Construct,
  { roleName, from, to, hasDeletions, hasLocks, storageClass }: Replication,
): void {
  const role = new ServiceRole(scope, "Role", {
    name: roleName,
    service: "s3.amazonaws.com",
    statements: [
      { Action: ["s3:GetReplicationConfiguration", "s3:ListBucket"], Resource: from.arn },
      {
        Action: [
          "s3:GetObjectVersionForReplication",
          "s3:GetObjectVersionAcl",
          "s3:GetObjectVersionTagging",
          ...(hasLocks ? ["s3:GetObjectRetention", "s3:GetObjectLegalHold"] : []),
        ],
        Resource: `${from.arn}/*`,
      },
      {
        Action: ["s3:ReplicateObject", ...(hasDeletions ? ["s3:ReplicateDelete"] : []), "s3:ReplicateTags"],
        Resource: `${to.arn}/*`,
      },
      through("kms:Decrypt", from),
      // To use a bucket key, S3 decrypts it with the key that encrypts the copies: S3 user guide, "S3 Bucket Keys and replication".
      through(["kms:Encrypt", "kms:Decrypt"], to),
    ],
  });
  new S3BucketReplicationConfigurationA(scope, "Resource", {
    bucket: from.bucket,
    role: role.arn,
    rule: [
      {
        id: "all",
        status: "Enabled",
        filter: {},
        deleteMarkerReplication: { status: hasDeletions ? "Enabled" : "Disabled" },
        sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
        destination: {
          bucket: to.arn,
          storageClass,
          // Without them S3 tells nobody of what it could not copy. A threshold would need a promise of its that is paid for.
          metrics: { status: "Enabled" },
          encryptionConfiguration: { replicaKmsKeyId: to.keyArn },
        },
      },
    ],
    // S3 copies from a locked bucket only into one that is locked already.
    dependsOn: [...from.versions, ...to.versions, ...role.policies],
  });
}

/** By way of S3 alone, of a bucket's Region. */
const through = (Action: string | readonly string[], { keyArn, region }: ReplicatedBucket) => ({
  Action,
  Resource: keyArn,
  Condition: { StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` } },
});
