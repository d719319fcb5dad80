import type { ObjectLock } from "../../lib/config/recovery";
import { ExportBucket } from "../../lib/recovery/export-bucket";
import { ExportReplication } from "../../lib/recovery/export-replication";
import { keys } from "../support/synthesis/surroundings";
import { resourceOf, synthesizeStack } from "../support/synthesis/synthesized";

const THERE = "arn:aws:kms:eu-west-1:111122223333:key/copies";
const made = (name = "orders", objectLock?: ObjectLock) =>
  synthesizeStack((stack) => {
    const bucket = (id: string, keyArn: string, region?: string) =>
      new ExportBucket(stack, id, { name: id.toLowerCase(), keyArn, region, objectLock, expireAfterDays: 38 });
    new ExportReplication(stack, "Replication", {
      name,
      from: { bucket: bucket("Here", keys.backups), keyArn: keys.backups, region: "eu-central-1" },
      to: { bucket: bucket("There", THERE, "eu-west-1"), keyArn: THERE, region: "eu-west-1" },
    });
  });
const statements = () => JSON.parse(String(resourceOf(made(), "aws_iam_role_policy").policy)).Statement;

test("copies whatever comes, under the key of the other Region, and no deletion", () => {
  expect(resourceOf(made(), "aws_s3_bucket_replication_configuration").rule).toMatchObject([
    {
      status: "Enabled",
      delete_marker_replication: { status: "Disabled" },
      source_selection_criteria: { sse_kms_encrypted_objects: { status: "Enabled" } },
      destination: { encryption_configuration: { replica_kms_key_id: THERE } },
    },
  ]);
});

test("has metrics, without which S3 tells nobody of a failure, and no threshold, which S3 would refuse", () => {
  const [rule] = resourceOf(made(), "aws_s3_bucket_replication_configuration").rule as [{ destination: object }];
  expect(rule.destination).toHaveProperty("metrics", { status: "Enabled" });
});

test("waits until both buckets keep versions, without which S3 refuses it", () => {
  const waits = resourceOf(made(), "aws_s3_bucket_replication_configuration").depends_on as readonly string[];
  expect(waits.filter((each) => each.startsWith("aws_s3_bucket_versioning."))).toHaveLength(2);
});

test("waits until both buckets are locked, for S3 copies from a locked one into no other", () => {
  const tf = made("orders", { days: 7 });
  const waits = resourceOf(tf, "aws_s3_bucket_replication_configuration").depends_on as readonly string[];
  expect(waits.filter((each) => each.startsWith("aws_s3_bucket_object_lock_configuration."))).toHaveLength(2);
});

test("S3 reads here and writes there, and uses each key by way of its own Region alone", () => {
  const keyed = statements().filter(({ Action }: { Action: unknown }) => String(Action).startsWith("kms:"));
  expect(keyed).toEqual([
    {
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: keys.backups,
      Condition: { StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" } },
    },
    {
      Effect: "Allow",
      Action: ["kms:Encrypt", "kms:Decrypt"],
      Resource: THERE,
      Condition: { StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } },
    },
  ]);
  expect(JSON.stringify(statements())).not.toMatch(/ReplicateDelete|s3:Delete|"s3:\*"/);
});

test("refuses a name that makes its role's too long", () => {
  expect(() => made("a".repeat(51))).toThrow(
    "Test/Replication.name: must be lower-case letters, digits and single hyphens, a letter first, at most 50 characters (IAM role), got",
  );
});
