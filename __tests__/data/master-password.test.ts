import { TerraformStack, Testing } from "cdktf";
import { MasterPassword } from "../../lib/data/master-password";
import { secretsIn } from "../support/synthesis/secrets";
import { keys } from "../support/synthesis/surroundings";
import { resourceOf, synthesizeStack } from "../support/synthesis/synthesized";

const props = { name: "orders", secretsKeyArn: keys.secrets, version: 1, deletionProtection: true };
const synthesized = () => synthesizeStack((stack) => new MasterPassword(stack, "Master", props));
const labelOf = (tf: ReturnType<typeof synthesized>) => Object.keys(tf.resource?.aws_secretsmanager_secret ?? {})[0];

test("is kept in a secret that our key encrypts and that can be brought back for 30 days", () => {
  expect(resourceOf(synthesized(), "aws_secretsmanager_secret")).toMatchObject({
    name_prefix: "orders-postgres-master-",
    kms_key_id: keys.secrets,
    recovery_window_in_days: 30,
    lifecycle: { prevent_destroy: true },
  });
});

test("is written to the secret from an ephemeral value, where the version is raised", () => {
  const tf = synthesized();
  expect(resourceOf(tf, "aws_secretsmanager_secret_version")).toMatchObject({
    secret_string_wo: `\${ephemeral.aws_secretsmanager_random_password.${labelOf(tf)}.random_password}`,
    secret_string_wo_version: 1,
  });
});

test("is not pruned by Secrets Manager, and no plan takes back a rotation by hand", () => {
  expect(resourceOf(synthesized(), "aws_secretsmanager_secret_version")).toMatchObject({
    version_stages: ["AWSCURRENT", "terraform"],
    lifecycle: { ignore_changes: ["version_stages"] },
  });
});

test("is read back as the current version, once Terraform's is written", () => {
  const tf = synthesized();
  const version = Object.keys(tf.resource?.aws_secretsmanager_secret_version ?? {})[0];
  expect(tf.ephemeral?.aws_secretsmanager_secret_version).toEqual({
    [String(labelOf(tf))]: { secret_id: `\${aws_secretsmanager_secret_version.${version}.arn}` },
  });
});

test("has nothing that RDS refuses in a password", () => {
  const [random] = Object.values(synthesized().ephemeral?.aws_secretsmanager_random_password ?? {});
  expect(random).toEqual({
    password_length: 40,
    exclude_characters: "/@\" '\\",
    require_each_included_type: true,
  });
});

test("is nowhere in what Terraform reads", () => {
  expect(secretsIn(synthesized())).toEqual([]);
});

test("two fit into one stack", () => {
  const tf = synthesizeStack((stack) => {
    new MasterPassword(stack, "Orders", props);
    new MasterPassword(stack, "Stock", props);
  });
  expect(Object.keys(tf.ephemeral?.aws_secretsmanager_random_password ?? {})).toHaveLength(2);
  expect(Object.keys(tf.ephemeral?.aws_secretsmanager_secret_version ?? {})).toHaveLength(2);
});

test("gives the database the stored value", () => {
  const stack = new TerraformStack(Testing.app(), "Test");
  const password = new MasterPassword(stack, "Master", props);
  expect(password.value).toMatch(/^\$\{ephemeral\.aws_secretsmanager_secret_version\.\w+\.secret_string\}$/);
});
