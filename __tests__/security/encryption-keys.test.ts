import { EncryptionKeys, KEY_DOMAINS } from "../../lib/security/encryption-keys";
import { resourcesOf, synthesizeStack, type TerraformJson } from "../support/synthesized";

const made = (deletionProtection?: boolean): TerraformJson =>
  synthesizeStack((stack) => void new EncryptionKeys(stack, "Keys", { name: "orders", deletionProtection }));

const statementsOf = (tf: TerraformJson, domain: string): Record<string, unknown>[] => {
  const [, key] = Object.entries(tf.resource?.aws_kms_key ?? {}).find(([id]) => id.startsWith(`Keys_${domain}_`)) ?? [];
  return JSON.parse(String(key?.policy)).Statement;
};

test("there is a key for each kind of data, under an alias that names it", () => {
  const aliases = resourcesOf(made(), "aws_kms_alias").map(({ name }) => name);
  expect(aliases.sort()).toEqual(
    Object.keys(KEY_DOMAINS)
      .map((domain) => `alias/orders-${domain}`)
      .sort(),
  );
});

test("every key belongs to its account, whose IAM says who may use it", () => {
  for (const domain of Object.keys(KEY_DOMAINS)) {
    expect(statementsOf(made(), domain)[0]).toMatchObject({
      Principal: { AWS: expect.stringMatching(/^arn:\$\{.*partition\}:iam::\$\{.*account_id\}:root$/) },
      Action: "kms:*",
    });
  }
});

test("EC2 uses the key of volumes for this account alone, and grants go to AWS's own resources", () => {
  const [, volumes, grants] = statementsOf(made(), "volumes");
  expect(volumes).toMatchObject({
    Condition: { StringEquals: { "kms:ViaService": expect.stringMatching(/^ec2\..*\.amazonaws\.com$/) } },
  });
  expect(grants).toMatchObject({
    Action: "kms:CreateGrant",
    Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
  });
});

test("CloudWatch uses the key of logs for this account's log groups alone", () => {
  const [, logs] = statementsOf(made(), "logs");
  expect(logs).toMatchObject({
    Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": expect.stringContaining(":log-group:*") } },
  });
});

test("keys can be destroyed once they are unprotected, and not before", () => {
  expect(resourcesOf(made(), "aws_kms_key").every(({ lifecycle }) => lifecycle !== undefined)).toBe(true);
  const guards = resourcesOf(made(false), "aws_kms_key").map(({ lifecycle }) => lifecycle);
  expect(guards.every((guard) => (guard as { prevent_destroy?: boolean }).prevent_destroy === false)).toBe(true);
});
