import { ExportBucket, type ExportBucketProps } from "../../lib/recovery/export-bucket";
import { keys } from "../support/synthesis/surroundings";
import { resourceOf, resourcesOf, synthesizeStack } from "../support/synthesis/synthesized";

const base: ExportBucketProps = { name: "orders-backups", keyArn: keys.backups, expireAfterDays: 38 };
const made = (props: Partial<ExportBucketProps> = {}) =>
  synthesizeStack((stack) => void new ExportBucket(stack, "Exports", { ...base, ...props }));
const rules = () =>
  resourceOf(made(), "aws_s3_bucket_lifecycle_configuration").rule as readonly {
    readonly id: string;
    readonly filter: readonly { readonly prefix?: string }[];
  }[];
const ruleOf = (id: string) => rules().find((rule) => rule.id === id);

test("begins with its name, and refuses to be destroyed or emptied", () => {
  expect(resourceOf(made(), "aws_s3_bucket")).toMatchObject({
    bucket_prefix: "orders-backups-",
    force_destroy: false,
    lifecycle: { prevent_destroy: true },
  });
});

test("exports expire together with what is built upon them, and a week later nothing is left", () => {
  expect(ruleOf("exports-expire")).toMatchObject({
    status: "Enabled",
    filter: [{ prefix: "backups/" }],
    expiration: [{ days: 38 }],
    noncurrent_version_expiration: [{ noncurrent_days: 7 }],
  });
  expect(ruleOf("nothing-is-left-of-what-expired")).toMatchObject({
    filter: [{ prefix: "backups/" }],
    expiration: [{ expired_object_delete_marker: true }],
  });
});

test("deleted subjects never expire, nor do their older versions", () => {
  const all = rules().filter(({ filter }) =>
    filter.every(({ prefix = "" }) => "deleted-subjects/x".startsWith(prefix)),
  );
  expect(all).toEqual([
    {
      id: "uploads-end",
      status: "Enabled",
      filter: [{}],
      abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
    },
  ]);
});

test("is versioned, private, and encrypted with its key", () => {
  const tf = made();
  expect(resourceOf(tf, "aws_s3_bucket_versioning").versioning_configuration).toEqual({ status: "Enabled" });
  expect(resourceOf(tf, "aws_s3_bucket_public_access_block")).toMatchObject({
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
  });
  expect(resourceOf(tf, "aws_s3_bucket_server_side_encryption_configuration").rule).toMatchObject([
    { apply_server_side_encryption_by_default: { sse_algorithm: "aws:kms", kms_master_key_id: keys.backups } },
  ]);
});

test("is reached by TLS alone, and takes nothing under another key", () => {
  const { Statement } = JSON.parse(String(resourceOf(made(), "aws_s3_bucket_policy").policy));
  expect(Statement).toMatchObject([
    { Sid: "TlsOnly", Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } },
    {
      Sid: "OurKeyOnly",
      Effect: "Deny",
      Action: "s3:PutObject",
      Condition: { StringNotEquals: { "s3:x-amz-server-side-encryption-aws-kms-key-id": keys.backups } },
    },
    {
      Sid: "KmsOnly",
      Effect: "Deny",
      Action: "s3:PutObject",
      Condition: { StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" } },
    },
  ]);
});

test("has no object lock unless asked for, and then beside it, so that a bucket that stands is not replaced", () => {
  expect(resourcesOf(made(), "aws_s3_bucket_object_lock_configuration")).toEqual([]);
  const tf = made({ objectLock: { days: 7 } });
  expect(resourceOf(tf, "aws_s3_bucket_object_lock_configuration").rule).toEqual({
    default_retention: { mode: "GOVERNANCE", days: 7 },
  });
  expect(resourceOf(tf, "aws_s3_bucket")).not.toHaveProperty("object_lock_enabled");
});

test("stands in the Region that is asked for, with all that belongs to it", () => {
  const tf = made({ region: "eu-west-1", objectLock: { mode: "compliance", days: 7 } });
  const regions = Object.values(tf.resource ?? {}).flatMap((named) => Object.values(named).map(({ region }) => region));
  expect(new Set(regions)).toEqual(new Set(["eu-west-1"]));
});

test.each<[Partial<ExportBucketProps>, string]>([
  [
    { name: "a".repeat(37) },
    `name: must be lower-case letters, digits and single hyphens, a letter first, at most 36 characters (S3 bucket prefix), got '${"a".repeat(37)}'`,
  ],
  [{ expireAfterDays: 0 }, "expireAfterDays: must be a whole number from 1 to 36500, got 0"],
  [{ objectLock: { days: 0 } }, "objectLock.days: must be a whole number from 1 to 36500, got 0"],
])("refuses %j", (props, message) => {
  expect(() => made(props)).toThrow(
    new Error(`1 problem in the configuration, nothing was synthesized:\n  Test/Exports.${message}`),
  );
});

test("has access logs if they are asked for, in its Region", () => {
  expect(made().resource).not.toHaveProperty("aws_s3_bucket_logging");
  const tf = made({ region: "eu-west-1", accessLogs: { name: "orders-copies", retention: "30 days" } });
  expect(resourceOf(tf, "aws_s3_bucket", { bucket_prefix: "orders-copies-logs-" }).region).toBe("eu-west-1");
  expect(resourceOf(tf, "aws_s3_bucket_logging")).toMatchObject({
    region: "eu-west-1",
    bucket: expect.stringMatching(/^\$\{aws_s3_bucket\.Exports_[0-9A-F]{8}\.id\}$/),
  });
});
