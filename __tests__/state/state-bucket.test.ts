import { StateBucket } from "../../lib/state/state-bucket";
import { resourceOf, synthesizeStack } from "../support/synthesized";

const made = (bucket?: string) =>
  synthesizeStack((stack) => void new StateBucket(stack, "State", { name: "orders", bucket }));

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
  expect(JSON.stringify(resourceOf(tf, "aws_s3_bucket_server_side_encryption_configuration"))).toMatch(
    /"kms_master_key_id":"\$\{aws_kms_key\./,
  );
  expect(resourceOf(tf, "aws_s3_bucket_public_access_block")).toMatchObject({
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
  });
});

test("takes TLS alone", () => {
  expect(denials()).toContainEqual(
    expect.objectContaining({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
  );
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
