import { TerraformVariable } from "cdktf";
import { LogArchive } from "../../../lib/monitoring/logs/log-archive";
import { resourceOf, synthesizeStack } from "../../support/synthesized";

const tf = synthesizeStack((stack) => {
  // As it comes from the cluster: known when that is deployed.
  const issuer = new TerraformVariable(stack, "issuer", { type: "string" }).stringValue;
  new LogArchive(stack, "Archive", {
    name: "production-read",
    issuer,
    namespace: "elastic",
    serviceAccount: "elasticsearch",
    deletionProtection: true,
  });
});

test("is a bucket that is guarded, encrypted with a key of its own, and shut to the public", () => {
  expect(resourceOf(tf, "aws_s3_bucket")).toMatchObject({
    bucket_prefix: "production-read-log-archive-",
    lifecycle: { prevent_destroy: true },
  });
  expect(resourceOf(tf, "aws_s3_bucket_public_access_block")).toMatchObject({
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
  });
});

test("is written by the pods of one service account alone, and they may do nothing else", () => {
  const { assume_role_policy } = resourceOf(tf, "aws_iam_role");
  expect(JSON.parse(String(assume_role_policy)).Statement).toMatchObject([
    {
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: {
          "${substr(var.issuer, 8, -1)}:aud": "sts.amazonaws.com",
          "${substr(var.issuer, 8, -1)}:sub": "system:serviceaccount:elastic:elasticsearch",
        },
      },
    },
  ]);
});
