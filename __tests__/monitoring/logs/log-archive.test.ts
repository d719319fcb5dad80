import { TerraformVariable } from "cdktf";
import { LogArchive } from "../../../lib/monitoring/logs/log-archive";
import { resourceOf, synthesizeStack } from "../../support/synthesis/synthesized";

const archive = (props: object = {}) =>
  synthesizeStack((stack) => {
    // As it comes from the cluster: known when that is deployed.
    const issuer = new TerraformVariable(stack, "issuer", { type: "string" }).stringValue;
    new LogArchive(stack, "Archive", {
      name: "production-read",
      issuer,
      namespace: "elastic",
      serviceAccount: "elasticsearch",
      deletionProtection: true,
      ...props,
    });
  });
const tf = archive();
const statementsOf = (policy: unknown): readonly Record<string, unknown>[] => JSON.parse(String(policy)).Statement;

test.each([true, false])("is kept from being destroyed, it and its key: %j", (deletionProtection) => {
  const tf = archive({ deletionProtection });
  for (const type of ["aws_s3_bucket", "aws_kms_key"])
    expect(resourceOf(tf, type).lifecycle).toMatchObject({ prevent_destroy: deletionProtection });
});

test("is encrypted with a key of its own", () => {
  expect(resourceOf(tf, "aws_s3_bucket").bucket_prefix).toBe("production-read-log-archive-");
  expect(resourceOf(tf, "aws_s3_bucket_server_side_encryption_configuration").rule).toEqual([
    {
      apply_server_side_encryption_by_default: {
        sse_algorithm: "aws:kms",
        kms_master_key_id: expect.stringMatching(/^\$\{aws_kms_key\./),
      },
      bucket_key_enabled: true,
      blocked_encryption_types: ["SSE-C"],
    },
  ]);
});

test("is shut to the public, and to whoever comes without TLS", () => {
  expect(resourceOf(tf, "aws_s3_bucket_public_access_block")).toMatchObject({
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
  });
  expect(statementsOf(resourceOf(tf, "aws_s3_bucket_policy").policy)).toMatchObject([
    { Effect: "Deny", Principal: "*", Action: "s3:*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
  ]);
});

test("gives up uploads that nobody ended, and keeps what was taken away for a week", () => {
  expect(resourceOf(tf, "aws_s3_bucket_lifecycle_configuration").rule).toMatchObject([
    {
      status: "Enabled",
      abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
      noncurrent_version_expiration: [{ noncurrent_days: 7 }],
    },
  ]);
});

test("is written by the pods of one service account alone", () => {
  const { assume_role_policy } = resourceOf(tf, "aws_iam_role");
  expect(statementsOf(assume_role_policy)).toEqual([
    {
      Effect: "Allow",
      Principal: { Federated: expect.stringMatching(/^\$\{aws_iam_openid_connect_provider\./) },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: {
          "${substr(var.issuer, 8, -1)}:aud": "sts.amazonaws.com",
          "${substr(var.issuer, 8, -1)}:sub": "system:serviceaccount:elastic:elasticsearch",
        },
      },
    },
  ]);
  expect(resourceOf(tf, "aws_iam_openid_connect_provider").client_id_list).toEqual(["sts.amazonaws.com"]);
});

test("gives them what snapshots need in this bucket and of its key, and nothing else", () => {
  const actions = statementsOf(resourceOf(tf, "aws_iam_role_policy").policy).map(({ Action, Resource }) => {
    expect(String(Resource)).toMatch(/^\$\{aws_(?:s3_bucket|kms_key)\.[^}]+\.arn\}(?:\/\*)?$/);
    return Action;
  });
  expect(actions).toEqual([
    ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:ListBucketVersions"],
    ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
    ["kms:Decrypt", "kms:GenerateDataKey"],
  ]);
});

test("says all that is wrong with what it is told", () => {
  expect(() => archive({ name: "Production", serviceAccount: "", deletionProtection: "yes" })).toThrow(
    new Error(
      [
        "3 problems in the configuration, nothing was synthesized:",
        "  Test/Archive.name: must be lower-case letters, digits and single hyphens, a letter first, at most 24 characters (S3 bucket prefix), got 'Production'",
        "  Test/Archive.serviceAccount: must be a service account's name, got ''",
        "  Test/Archive.deletionProtection: must be true or false, got 'yes'",
      ].join("\n"),
    ),
  );
});

test("has access logs if they are asked for, and then a shorter name", () => {
  expect(tf.resource).not.toHaveProperty("aws_s3_bucket_logging");
  const logged = archive({ accessLogs: {} });
  expect(resourceOf(logged, "aws_s3_bucket", { bucket_prefix: "production-read-archive-logs-" })).toBeDefined();
  expect(resourceOf(logged, "aws_s3_bucket_logging").bucket).toMatch(/^\$\{aws_s3_bucket\.Archive_[0-9A-F]{8}\.id\}$/);
  expect(() => archive({ name: "a".repeat(23), accessLogs: {} })).not.toThrow();
  expect(() => archive({ name: "a".repeat(24), accessLogs: {} })).toThrow("Test/Archive/AccessLogs.name: must be");
});
