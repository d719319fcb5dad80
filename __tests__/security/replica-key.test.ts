import { ReplicaKey, type ReplicaKeyProps } from "../../lib/security/replica-key";
import { resourceOf, synthesizeStack } from "../support/synthesis/synthesized";

const base: ReplicaKeyProps = {
  alias: "orders-copies",
  description: "Copies of orders",
  primaryKeyArn: "arn:aws:kms:eu-central-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab",
  region: "eu-west-1",
};
const made = (props: Partial<ReplicaKeyProps> = {}) =>
  synthesizeStack((stack) => void new ReplicaKey(stack, "Replica", { ...base, ...props }));

test("is of its primary, in the other Region, and really gone only after the longest wait", () => {
  expect(resourceOf(made(), "aws_kms_replica_key")).toMatchObject({
    region: "eu-west-1",
    primary_key_arn: base.primaryKeyArn,
    deletion_window_in_days: 30,
    lifecycle: { prevent_destroy: true },
  });
});

test("its alias is in the other Region, too", () => {
  expect(resourceOf(made(), "aws_kms_alias")).toMatchObject({
    region: "eu-west-1",
    name: "alias/orders-copies",
    target_key_id: expect.stringMatching(/^\$\{aws_kms_replica_key\.Replica_.*\.key_id\}$/),
  });
});

// KMS copies everything of a primary but its policy: left out, it would be AWS's default one.
test("is left to its account's IAM, and to nobody else", () => {
  expect(JSON.parse(String(resourceOf(made(), "aws_kms_replica_key").policy)).Statement).toEqual([
    {
      Effect: "Allow",
      Sid: "AccountByIam",
      Principal: { AWS: expect.stringMatching(/^arn:\$\{.*\.partition\}:iam::\$\{.*\.account_id\}:root$/) },
      Action: "kms:*",
      Resource: "*",
    },
  ]);
});

test("can be destroyed once it is unprotected", () => {
  expect(resourceOf(made({ deletionProtection: false }), "aws_kms_replica_key").lifecycle).toEqual({
    prevent_destroy: false,
  });
});

test("a Region has an alias once, and another Region may have the same", () => {
  const twice = (region: string) =>
    synthesizeStack((stack) => {
      new ReplicaKey(stack, "Replica", base);
      new ReplicaKey(stack, "Other", { ...base, region });
    });
  expect(() => twice("eu-west-1")).toThrow("Test/Other.alias: must be another, got 'orders-copies'");
  expect(() => twice("eu-north-1")).not.toThrow();
});

test.each<[Partial<ReplicaKeyProps>, string]>([
  [
    { primaryKeyArn: "arn:aws:kms:eu-central-1:111122223333:key/1234" },
    "primaryKeyArn: must be the ARN of a multi-Region KMS key, whose id begins with 'mrk-', got 'arn:aws:kms:eu-central-1:111122223333:key/1234'",
  ],
  [
    { alias: "aws/orders" },
    "alias: must be letters, digits, '/', '_' and '-', at most 250, not beginning with 'aws/', got 'aws/orders'",
  ],
  [{ region: "" }, "region: must be a Region, got ''"],
])("refuses %j", (props, message) => {
  expect(() => made(props)).toThrow(
    new Error(`1 problem in the configuration, nothing was synthesized:\n  Test/Replica.${message}`),
  );
});
