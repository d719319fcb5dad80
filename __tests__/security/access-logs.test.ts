import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { AccessLogs, type AccessLogsProps } from "../../lib/security/access-logs";
import { resourceOf, resourcesOf, synthesizeStack } from "../support/synthesis/synthesized";

const made = (props: Partial<AccessLogsProps> = {}, isProtected = true) =>
  synthesizeStack((stack) => {
    const { region } = props;
    const bucket = new S3Bucket(stack, "Invoices", { region, lifecycle: { preventDestroy: isProtected } });
    new AccessLogs(stack, "Logs", { name: "orders-invoices", bucket, ...props });
  });
const LOGS = { bucket_prefix: "orders-invoices-logs-" };

test("lines go from the bucket to one of their own, by the day of the request", () => {
  const logging = resourceOf(made(), "aws_s3_bucket_logging");
  expect(logging).toMatchObject({
    bucket: "${aws_s3_bucket.Invoices.id}",
    target_bucket: expect.stringMatching(/^\$\{aws_s3_bucket\.Logs_[0-9A-F]+\.id\}$/),
    target_prefix: "",
    target_object_key_format: { partitioned_prefix: { partition_date_source: "EventTime" } },
  });
});

test("nobody but S3 may put something there, and only lines of this bucket and account", () => {
  const { Statement } = JSON.parse(String(resourceOf(made(), "aws_s3_bucket_policy").policy));
  expect(Statement).toEqual([
    expect.objectContaining({ Sid: "TlsOnly", Effect: "Deny" }),
    {
      Sid: "AccessLogs",
      Effect: "Allow",
      Principal: { Service: "logging.s3.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: expect.stringMatching(/^\$\{aws_s3_bucket\.Logs_.*\.arn\}\/\*$/),
      Condition: {
        ArnEquals: { "aws:SourceArn": "${aws_s3_bucket.Invoices.arn}" },
        StringEquals: { "aws:SourceAccount": expect.stringContaining("data.aws_caller_identity.") },
      },
    },
  ]);
});

test("wait for the policy, without which S3 delivers none of them", () => {
  expect(resourceOf(made(), "aws_s3_bucket_logging").depends_on).toEqual([
    expect.stringMatching(/^aws_s3_bucket_policy\.Logs_Policy_/),
  ]);
});

test("are encrypted with S3's own keys, have no lock and no logs: S3 supports no other", () => {
  const tf = made();
  expect(resourceOf(tf, "aws_s3_bucket_server_side_encryption_configuration").rule).toEqual([
    {
      apply_server_side_encryption_by_default: { sse_algorithm: "AES256" },
      blocked_encryption_types: ["SSE-C"],
    },
  ]);
  expect(resourcesOf(tf, "aws_s3_bucket_object_lock_configuration")).toEqual([]);
  expect(resourcesOf(tf, "aws_s3_bucket_logging")).toHaveLength(1);
});

test("are the account's, shut to the public and kept in versions", () => {
  const tf = made();
  expect(resourceOf(tf, "aws_s3_bucket_ownership_controls").rule).toEqual({ object_ownership: "BucketOwnerEnforced" });
  expect(resourceOf(tf, "aws_s3_bucket_public_access_block")).toMatchObject({ restrict_public_buckets: true });
  expect(resourceOf(tf, "aws_s3_bucket_versioning").versioning_configuration).toEqual({ status: "Enabled" });
});

test.each([
  [{}, 365],
  [{ retention: "30 days" }, 30],
] as const)("%j: expire after %i days, and nothing is left of them a week later", (props, days) => {
  expect(resourceOf(made(props), "aws_s3_bucket_lifecycle_configuration").rule).toMatchObject([
    {
      filter: [{}],
      expiration: [{ days }],
      noncurrent_version_expiration: [{ noncurrent_days: 7 }],
      abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
    },
    { filter: [{}], expiration: [{ expired_object_delete_marker: true }] },
  ]);
});

test.each([true, false])("Terraform refuses to destroy them as it does the bucket: %s", (isProtected) => {
  const tf = made({}, isProtected);
  expect(resourceOf(tf, "aws_s3_bucket", LOGS).lifecycle).toEqual({ prevent_destroy: isProtected });
  expect(resourceOf(tf, "aws_s3_bucket_versioning").lifecycle).toEqual({ prevent_destroy: isProtected });
});

test("are in the Region of the bucket, with all that belongs to them", () => {
  const regions = Object.values(made({ region: "eu-west-1" }).resource ?? {}).flatMap((named) =>
    Object.values(named).map(({ region }) => region),
  );
  expect(new Set(regions)).toEqual(new Set(["eu-west-1"]));
});

test.each<[object, string]>([
  [
    { name: "a".repeat(32) },
    `name: must be lower-case letters, digits and single hyphens, a letter first, at most 31 characters (S3 bucket prefix), got '${"a".repeat(32)}'`,
  ],
  [{ retention: "0 days" }, "retention: must be a number of days such as '30 days', got '0 days'"],
  [{ retention: "3651 days" }, "retention: must be from '1 day' to '3650 days', got '3651 days'"],
])("refuses %j", (props, message) => {
  expect(() => made(props)).toThrow(
    new Error(`1 problem in the configuration, nothing was synthesized:\n  Test/Logs.${message}`),
  );
});
