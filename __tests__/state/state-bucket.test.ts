import { StateBucket, type StateBucketProps } from "../../lib/state/state-bucket";
import { resourceOf, synthesizeStack } from "../support/synthesis/synthesized";

const made = (bucket?: string, props: Partial<StateBucketProps> = {}) =>
  synthesizeStack((stack) => void new StateBucket(stack, "State", { name: "orders", bucket, ...props }));

interface Denial {
  readonly Sid: string;
  readonly Effect: string;
  readonly Condition: unknown;
}
const denials = (): Denial[] => JSON.parse(String(resourceOf(made(), "aws_s3_bucket_policy").policy)).Statement;

test("the name is Terraform's to complete, unless one is given", () => {
  expect(resourceOf(made(), "aws_s3_bucket")).toMatchObject({ bucket_prefix: "orders-terraform-state-" });
  expect(resourceOf(made("acme-state"), "aws_s3_bucket")).toMatchObject({ bucket: "acme-state" });
});

test("keeps versions, encrypts with its own key by default and shuts the public out", () => {
  const tf = made();
  expect(resourceOf(tf, "aws_s3_bucket_versioning")).toMatchObject({ versioning_configuration: { status: "Enabled" } });
  expect(resourceOf(tf, "aws_s3_bucket_server_side_encryption_configuration").rule).toEqual([
    {
      apply_server_side_encryption_by_default: {
        sse_algorithm: "aws:kms",
        kms_master_key_id: expect.stringMatching(/^\$\{aws_kms_key\..*\.arn\}$/),
      },
      bucket_key_enabled: true,
      // What S3 sets by itself since April 2026: without it, each plan would take it off.
      blocked_encryption_types: ["SSE-C"],
    },
  ]);
  expect(resourceOf(tf, "aws_s3_bucket_public_access_block")).toMatchObject({
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
  });
});

test("belongs to whoever owns it, with whatever lies in it", () => {
  expect(resourceOf(made(), "aws_s3_bucket_ownership_controls").rule).toEqual({
    object_ownership: "BucketOwnerEnforced",
  });
});

test("keeps the last ten versions, and any of the last 90 days, once it keeps versions at all", () => {
  const lifecycle = resourceOf(made(), "aws_s3_bucket_lifecycle_configuration");
  expect(lifecycle.rule).toEqual([
    {
      id: "old-versions",
      status: "Enabled",
      filter: [{}],
      noncurrent_version_expiration: [{ newer_noncurrent_versions: 10, noncurrent_days: 90 }],
      abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
    },
  ]);
  expect(lifecycle.depends_on).toEqual([expect.stringMatching(/^aws_s3_bucket_versioning\./)]);
});

test.each(["aws_s3_bucket", "aws_kms_key"])("its %s is not destroyed until it is unprotected", (type) => {
  expect(resourceOf(made(), type).lifecycle).toEqual({ prevent_destroy: true });
  expect(resourceOf(made(undefined, { deletionProtection: false }), type).lifecycle).toEqual({
    prevent_destroy: false,
  });
});

test("a state is never emptied away: no force_destroy, protected or not", () => {
  expect(resourceOf(made(undefined, { deletionProtection: false }), "aws_s3_bucket")).not.toHaveProperty(
    "force_destroy",
  );
});

test("takes TLS alone", () => {
  expect(denials()).toContainEqual({
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [expect.stringMatching(/\.arn\}$/), expect.stringMatching(/\.arn\}\/\*$/)],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  });
});

test("gives nobody a right, it only denies", () => {
  expect(denials().map(({ Effect }) => Effect)).toEqual(["Deny", "Deny", "Deny"]);
});

test.each<[Partial<StateBucketProps>, string]>([
  [
    { name: `a${"b".repeat(20)}` },
    `name: must be lower-case letters, digits and single hyphens, a letter first, at most 20 characters (S3 bucket prefix), got 'a${"b".repeat(20)}'`,
  ],
  [
    { bucket: "Acme_State" },
    "bucket: must be 3 to 63 lower-case letters, digits and hyphens, letter or digit first and last, without the beginnings and ends that S3 keeps for itself, got 'Acme_State'",
  ],
])("refuses %j", (props, message) => {
  expect(() => made(undefined, props)).toThrow(`  Test/State.${message}`);
});

// S3 tells a header that is absent from one that is wrong by `Null`: a backend without `kms_key_id` sends none.
test.each([
  ["OurKeyOnly", "s3:x-amz-server-side-encryption-aws-kms-key-id"],
  ["KmsOnly", "s3:x-amz-server-side-encryption"],
])("%s denies a write that names another encryption, not one that names none", (sid, header) => {
  expect(denials().find(({ Sid }) => Sid === sid)).toMatchObject({
    Effect: "Deny",
    Condition: { StringNotEquals: { [header]: expect.anything() }, Null: { [header]: "false" } },
  });
});
