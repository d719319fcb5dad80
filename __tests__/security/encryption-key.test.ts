import { EncryptionKey, type EncryptionKeyProps } from "../../lib/security/encryption-key";
import { resourceOf, synthesizeStack } from "../support/synthesis/synthesized";

const made = (props: Partial<EncryptionKeyProps> = {}) =>
  synthesizeStack(
    (stack) => void new EncryptionKey(stack, "Key", { alias: "orders", description: "Orders", ...props }),
  );
const statementsOf = (props: Partial<EncryptionKeyProps> = {}) =>
  JSON.parse(String(resourceOf(made(props), "aws_kms_key").policy)).Statement;

test("is made anew every year, and really gone only after the longest wait", () => {
  expect(resourceOf(made(), "aws_kms_key")).toMatchObject({
    enable_key_rotation: true,
    rotation_period_in_days: 365,
    deletion_window_in_days: 30,
  });
});

test.each([
  [undefined, undefined],
  [true, true],
])("with multiRegion %p, other Regions can have replicas: %p", (multiRegion, multi_region) => {
  expect(resourceOf(made({ multiRegion }), "aws_kms_key").multi_region).toBe(multi_region);
});

test("its alias points at it", () => {
  expect(resourceOf(made(), "aws_kms_alias")).toMatchObject({
    name: "alias/orders",
    target_key_id: expect.stringMatching(/^\$\{aws_kms_key\.Key_.*\.key_id\}$/),
  });
});

test("is left to its account's IAM, and to nobody else", () => {
  expect(statementsOf()).toEqual([
    {
      Effect: "Allow",
      Sid: "AccountByIam",
      Principal: { AWS: expect.stringMatching(/^arn:\$\{.*\.partition\}:iam::\$\{.*\.account_id\}:root$/) },
      Action: "kms:*",
      Resource: "*",
    },
  ]);
});

test("a service's statement is about this key, as a key's policy can be about no other", () => {
  const Principal = { Service: "logs.amazonaws.com" };
  expect(statementsOf({ statements: [{ Sid: "Logs", Principal, Action: "kms:Decrypt" }] })[1]).toEqual({
    Effect: "Allow",
    Sid: "Logs",
    Principal,
    Action: "kms:Decrypt",
    Resource: "*",
  });
});

test.each([
  [undefined, true],
  [false, false],
])("with deletionProtection %p, prevent_destroy is %p", (deletionProtection, prevent_destroy) => {
  expect(resourceOf(made({ deletionProtection }), "aws_kms_key").lifecycle).toEqual({ prevent_destroy });
});

test.each(["aws/orders", "", "orders data", "a".repeat(251)])("refuses the alias '%s'", (alias) => {
  expect(() => made({ alias })).toThrow(
    "  Test/Key.alias: must be letters, digits, '/', '_' and '-', at most 250, not beginning with 'aws/', got '",
  );
});

test("takes the longest alias", () => {
  expect(() => made({ alias: "a".repeat(250) })).not.toThrow();
});

test("refuses a key that says nothing of what it is for", () => {
  expect(() => made({ description: " " })).toThrow("  Test/Key.description: must be a text, got ' '");
});

test("is in another Region if one is named, with its alias, which the first Region may have too", () => {
  const tf = synthesizeStack((stack) => {
    new EncryptionKey(stack, "Here", { alias: "orders", description: "Orders" });
    new EncryptionKey(stack, "There", { alias: "orders", description: "Orders", region: "eu-west-1" });
  });
  for (const type of ["aws_kms_key", "aws_kms_alias"]) {
    expect(Object.values(tf.resource?.[type] ?? {}).map(({ region }) => region)).toEqual([undefined, "eu-west-1"]);
  }
});
