import { KEY_DOMAINS } from "../../lib/security/encryption-keys";
import { KeysStack } from "../../stacks/keys-stack";
import type { PlatformStackProps } from "../../stacks/platform-stack";
import { outputsOf, resourcesOf, stackOf, synthesizeApp } from "../support/synthesis/synthesized";

const made = (props: Partial<PlatformStackProps> = {}) =>
  stackOf(
    synthesizeApp((app) => new KeysStack(app, { environment: "production", region: "eu-central-1", ...props })),
    "production-keys",
  );

test("its keys' aliases begin with the environment", () => {
  expect(resourcesOf(made(), "aws_kms_alias").map(({ name }) => name)).toEqual(
    expect.arrayContaining(["alias/production-volumes", "alias/production-logs"]),
  );
});

test("puts out each key by what it protects", () => {
  expect(Object.keys(outputsOf(made()).key_arns as object).sort()).toEqual(Object.keys(KEY_DOMAINS).sort());
});

test("is guarded unless the environment is not", () => {
  const guards = (deletionProtection?: boolean) => [
    ...new Set(
      resourcesOf(made({ deletionProtection }), "aws_kms_key").map(({ lifecycle }) => JSON.stringify(lifecycle)),
    ),
  ];
  expect(guards()).toEqual(['{"prevent_destroy":true}']);
  expect(guards(false)).toEqual(['{"prevent_destroy":false}']);
});
