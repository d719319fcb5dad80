import { TerraformOutput } from "cdktf";
import { EncryptionKeys, KEY_DOMAINS } from "../../lib/security/encryption-keys";
import { outputsOf, resourcesOf, synthesizeStack, type TerraformJson } from "../support/synthesis/synthesized";

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

// It can't be said later: KMS would make another key, by which nothing opens that was made before.
test("the key of backups can be replicated into another Region, and no other", () => {
  const multiRegion = Object.entries(made().resource?.aws_kms_key ?? {}).filter(([, key]) => key.multi_region === true);
  expect(multiRegion.map(([id]) => id)).toEqual([expect.stringMatching(/^Keys_backups_/)]);
});

test("every key belongs to its account, whose IAM says who may use it", () => {
  for (const domain of Object.keys(KEY_DOMAINS)) {
    expect(statementsOf(made(), domain)[0]).toMatchObject({
      Principal: { AWS: expect.stringMatching(/^arn:\$\{.*partition\}:iam::\$\{.*account_id\}:root$/) },
      Action: "kms:*",
    });
  }
});

// Nodes' volumes are encrypted by a role that an account without a scaling group does not have yet.
test("EC2 uses the key of volumes for this account alone, and grants go to AWS's own resources", () => {
  const throughEc2 = {
    "kms:CallerAccount": expect.stringMatching(/^\$\{data\.aws_caller_identity\..*\.account_id\}$/),
    "kms:ViaService": expect.stringMatching(/^ec2\.\$\{data\.aws_region\..*\.region\}\.amazonaws\.com$/),
  };
  expect(statementsOf(made(), "volumes").slice(1)).toEqual([
    {
      Effect: "Allow",
      Sid: "VolumesThroughEc2",
      Principal: { AWS: "*" },
      Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
      Resource: "*",
      Condition: { StringEquals: throughEc2 },
    },
    {
      Effect: "Allow",
      Sid: "GrantsThroughEc2",
      Principal: { AWS: "*" },
      Action: "kms:CreateGrant",
      Resource: "*",
      Condition: { StringEquals: throughEc2, Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  ]);
});

test("CloudWatch uses the key of logs for this account's log groups alone", () => {
  expect(statementsOf(made(), "logs").slice(1)).toEqual([
    {
      Effect: "Allow",
      Sid: "Logs",
      Principal: { Service: expect.stringMatching(/^logs\.\$\{data\.aws_region\..*\.region\}\.amazonaws\.com$/) },
      Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
      Resource: "*",
      Condition: {
        ArnLike: {
          "kms:EncryptionContext:aws:logs:arn": expect.stringMatching(
            /^arn:\$\{.*\.partition\}:logs:\$\{.*\.region\}:\$\{.*\.account_id\}:log-group:\*$/,
          ),
        },
      },
    },
  ]);
});

test("the key of backups is used for topics of this account alone", () => {
  const ArnLike = {
    "kms:EncryptionContext:aws:sns:topicArn": expect.stringMatching(
      /^arn:\$\{.*\.partition\}:sns:\$\{.*\.region\}:\$\{.*\.account_id\}:\*$/,
    ),
  };
  const of = (Service: string) => ({
    ...{ Effect: "Allow", Principal: { Service }, Action: ["kms:Decrypt", "kms:GenerateDataKey*"], Resource: "*" },
  });
  expect(statementsOf(made(), "backups").slice(1)).toEqual([
    { Sid: "EventsToTopics", ...of("events.amazonaws.com"), Condition: { ArnLike } },
    { Sid: "FailedCopiesToTopics", ...of("s3.amazonaws.com"), Condition: { ArnLike } },
  ]);
});

test.each(["clusters", "database", "cache", "secrets"])("no service uses the key of %s by itself", (domain) => {
  expect(statementsOf(made(), domain)).toHaveLength(1);
});

test("keys can be destroyed once they are unprotected, and not before", () => {
  const guards = (tf: TerraformJson) =>
    resourcesOf(tf, "aws_kms_key").map(({ lifecycle }) => JSON.stringify(lifecycle));
  expect([...new Set(guards(made()))]).toEqual(['{"prevent_destroy":true}']);
  expect([...new Set(guards(made(false)))]).toEqual(['{"prevent_destroy":false}']);
});

test("constructs get each key by what it protects", () => {
  const tf = synthesizeStack((stack) => {
    const { arns } = new EncryptionKeys(stack, "Keys", { name: "orders" });
    new TerraformOutput(stack, "arns", { value: arns });
  });
  expect(outputsOf(tf).arns).toEqual(
    Object.fromEntries(
      Object.keys(KEY_DOMAINS).map((domain) => [
        domain,
        expect.stringMatching(new RegExp(`^\\$\\{aws_kms_key\\.Keys_${domain}_\\w+\\.arn\\}$`)),
      ]),
    ),
  );
});
