import { fieldKeyAccess, isFieldKey, SUBJECT } from "../../lib/workloads/field-key-access";
import { contextOf } from "../../runtime/keys/data-keys";

const key = {
  arn: "arn:aws:kms:eu-central-1:111122223333:key/fields",
  ranges: ["10.0.0.0/19", "10.0.32.0/19"],
} as const;

test.each([
  ["encrypts", ["kms:Decrypt", "kms:GenerateDataKey"]],
  ["decrypts", ["kms:Decrypt"]],
] as const)("who %s may have KMS do so with this key alone", (use, actions) => {
  const [access] = fieldKeyAccess(key, use);
  expect(access?.statements).toEqual([
    { Action: actions, Resource: key.arn, Condition: { Null: { "kms:EncryptionContext:cqrs:subject": "false" } } },
  ]);
});

test("the key is told, and the way to KMS is open within the network", () => {
  expect(fieldKeyAccess(key, "decrypts")).toEqual([
    {
      variables: { KMS_KEY_ID: key.arn },
      statements: expect.anything(),
      ways: [
        { peer: { cidr: "10.0.0.0/19" }, port: 443 },
        { peer: { cidr: "10.0.32.0/19" }, port: 443 },
      ],
    },
  ]);
});

test("the context that the role demands is the one that the runtime gives", () => {
  expect(contextOf({ subject: "customer-7", id: "key-1" })).toHaveProperty([SUBJECT], expect.any(String));
});

test("without a key there is nothing", () => {
  expect(fieldKeyAccess(undefined, "encrypts")).toEqual([]);
});

test.each<[object, string]>([
  [{ ...key, arn: "alias/fields" }, "key.arn: "],
  [{ ...key, ranges: [] }, "key.ranges: must be a list of 1 to 100"],
  [{ ...key, ranges: ["10.0.0.1/19"] }, "key.ranges[0]: must be a range such as '10.0.0.0/19', got '10.0.0.1/19'"],
])("%j is refused", (value, line) => {
  const lines = isFieldKey.problemsOf(value, "key").map(({ path, message }) => `${path}: ${message}`);
  expect(lines).toEqual([expect.stringContaining(line)]);
});
