import type { PlatformStackProps } from "../../stacks/platform-stack";
import { StateStack } from "../../stacks/state-stack";
import { outputsOf, resourceOf, stackOf, synthesizeApp } from "../support/synthesis/synthesized";

const made = (props: Partial<PlatformStackProps> = {}) =>
  stackOf(
    synthesizeApp((app) => new StateStack(app, { environment: "production", region: "eu-central-1", ...props })),
    "production-state",
  );

test("its own state stays local, for its bucket can't hold what makes it", () => {
  const local = { local: { path: "../../../terraform.production-state.tfstate" } };
  expect(made().terraform?.backend).toEqual(local);
  expect(made({ state: { bucket: "acme-state" } }).terraform?.backend).toEqual(local);
});

test("its bucket is named by Terraform at first, and by the environment once that has the name", () => {
  expect(resourceOf(made(), "aws_s3_bucket")).toMatchObject({ bucket_prefix: "production-terraform-state-" });
  const named = resourceOf(made({ state: { bucket: "acme-state" } }), "aws_s3_bucket");
  expect(named.bucket).toBe("acme-state");
  expect(named).not.toHaveProperty("bucket_prefix");
});

test("puts out what the environment wants to know of it", () => {
  expect(outputsOf(made())).toEqual({
    bucket: expect.stringMatching(/^\$\{aws_s3_bucket\..*\.bucket\}$/),
    key_arn: expect.stringMatching(/^\$\{aws_kms_key\..*\.arn\}$/),
  });
});

test("puts out the replica, whose bucket and key take the place of the first once its Region is lost", () => {
  expect(outputsOf(made({ state: { secondRegion: "eu-west-1" } }))).toMatchObject({
    replica_bucket: expect.stringMatching(/^\$\{aws_s3_bucket\.State_Replica_.*\.bucket\}$/),
    replica_key_arn: expect.stringMatching(/^\$\{aws_kms_key\.State_Replica_Key_.*\.arn\}$/),
  });
});

test("is guarded unless the environment is not", () => {
  expect(resourceOf(made(), "aws_s3_bucket").lifecycle).toEqual({ prevent_destroy: true });
  expect(resourceOf(made({ deletionProtection: false }), "aws_s3_bucket").lifecycle).toEqual({
    prevent_destroy: false,
  });
});
