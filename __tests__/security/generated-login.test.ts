import { GeneratedLogin, type GeneratedLoginProps } from "../../lib/security/generated-login";
import { keys } from "../support/synthesis/surroundings";
import { resourceOf, synthesizeStack } from "../support/synthesis/synthesized";

const base: GeneratedLoginProps = {
  name: "production/monitoring/log-reader",
  description: "Reads logs",
  username: "log-reader",
  fields: { roles: "reader,viewer" },
  keys,
};
const login = (props: Partial<GeneratedLoginProps> = {}) =>
  synthesizeStack((stack) => new GeneratedLogin(stack, "Login", { ...base, ...props }));

test("keeps a secret with our key, whose name is free again as soon as it goes", () => {
  expect(resourceOf(login(), "aws_secretsmanager_secret")).toMatchObject({
    name: "production/monitoring/log-reader",
    description: "Reads logs",
    kms_key_id: keys.secrets,
    recovery_window_in_days: 0,
  });
});

test("writes user, fields and a password that neither plan nor state ever has", () => {
  const tf = login();
  const version = resourceOf(tf, "aws_secretsmanager_secret_version");
  expect(version).toMatchObject({ secret_string_wo_version: 1 });
  expect(version).not.toHaveProperty("secret_string");
  const [label = ""] = Object.keys(
    (tf as { ephemeral?: Record<string, object> }).ephemeral?.aws_secretsmanager_random_password ?? {},
  );
  expect(JSON.parse(String(version.secret_string_wo))).toEqual({
    username: "log-reader",
    password: `\${ephemeral.aws_secretsmanager_random_password.${label}.random_password}`,
    roles: "reader,viewer",
  });
});

test("makes a password of letters and digits, which need no quoting anywhere", () => {
  const { ephemeral = {} } = login() as { ephemeral?: Record<string, Record<string, object>> };
  expect(Object.values(ephemeral.aws_secretsmanager_random_password ?? {})).toEqual([
    { password_length: 40, exclude_punctuation: true, require_each_included_type: true },
  ]);
});

test("is not pruned by Secrets Manager, and no plan takes back a password that was changed by hand", () => {
  expect(resourceOf(login(), "aws_secretsmanager_secret_version")).toMatchObject({
    version_stages: ["AWSCURRENT", "terraform"],
    lifecycle: { ignore_changes: ["version_stages"] },
  });
});

test("has a new password with a raised version", () => {
  const version = resourceOf(login({ passwordVersion: 2 }), "aws_secretsmanager_secret_version");
  expect(version.secret_string_wo_version).toBe(2);
});

test("takes no name twice", () => {
  expect(() =>
    synthesizeStack((stack) => {
      new GeneratedLogin(stack, "Login", base);
      new GeneratedLogin(stack, "Other", base);
    }),
  ).toThrow(/Other\.name: must be another, got 'production\/monitoring\/log-reader'/);
});
