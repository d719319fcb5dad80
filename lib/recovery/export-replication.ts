import { S3BucketReplicationConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-replication-configuration";
import { Construct } from "constructs";
import { nameOf } from "../core/names";
import { checkProps, given, type Rules } from "../core/rules";
import { ServiceRole } from "../security/service-role";
import type { ExportBucket } from "./export-bucket";

interface Side {
  readonly bucket: ExportBucket;
  readonly keyArn: string;
  readonly region: string;
}

export interface ExportReplicationProps {
  /** Begins the role's name, `<name>-export-copies`: at most 50 lower-case letters, digits and single hyphens. */
  readonly name: string;
  readonly from: Side;
  /** Where copies are, under a key of that Region. */
  readonly to: Side;
}

const isSide = given("an object with 'bucket', 'keyArn' and 'region'");

const RULES: Rules<ExportReplicationProps> = {
  name: nameOf("IAM role", "-export-copies"),
  from: isSide,
  to: isSide,
};

/** Copies of what is put into a bucket in another Region. A deletion is not copied: each side expires by itself. */
export class ExportReplication extends Construct {
  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: ExportReplicationProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const { name, from, to } = props;

    const role = new ServiceRole(this, "Role", {
      name: `${name}-export-copies`,
      service: "s3.amazonaws.com",
      statements: [
        { Action: ["s3:GetReplicationConfiguration", "s3:ListBucket"], Resource: from.bucket.arn },
        {
          Action: [
            "s3:GetObjectVersionForReplication",
            "s3:GetObjectVersionAcl",
            "s3:GetObjectVersionTagging",
            "s3:GetObjectRetention",
            "s3:GetObjectLegalHold",
          ],
          Resource: `${from.bucket.arn}/*`,
        },
        { Action: ["s3:ReplicateObject", "s3:ReplicateTags"], Resource: `${to.bucket.arn}/*` },
        through("kms:Decrypt", from),
        // To use a bucket key, S3 decrypts it with the key that encrypts the copies: S3 user guide, "S3 Bucket Keys and replication".
        through(["kms:Encrypt", "kms:Decrypt"], to),
      ],
    });
    new S3BucketReplicationConfigurationA(this, "Resource", {
      bucket: from.bucket.bucket,
      role: role.arn,
      rule: [
        {
          id: "all",
          status: "Enabled",
          filter: {},
          deleteMarkerReplication: { status: "Disabled" },
          sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
          destination: {
            bucket: to.bucket.arn,
            storageClass: "STANDARD_IA",
            // Without them S3 tells nobody of what it could not copy. A threshold would need a promise of its that is paid for.
            metrics: { status: "Enabled" },
            encryptionConfiguration: { replicaKmsKeyId: to.keyArn },
          },
        },
      ],
      // S3 copies from a locked bucket only into one that is locked already.
      dependsOn: [...from.bucket.versions, ...to.bucket.versions, ...role.policies],
    });
  }
}

/** By way of S3 alone, of a bucket's Region. */
const through = (Action: string | readonly string[], { keyArn, region }: Side) => ({
  Action,
  Resource: keyArn,
  Condition: { StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` } },
});
