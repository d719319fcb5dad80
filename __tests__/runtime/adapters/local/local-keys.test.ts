import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalKeys } from "../../../../runtime/adapters/local/local-keys";
import { KeyServiceUnavailableError } from "../../../../runtime/keys/wrapping-keys";
import { SettingsError } from "../../../../runtime/settings";
import { wrappingKeysContract } from "../../keys/wrapping-keys-contract";

const newKey = () => randomBytes(32).toString("base64");
const from = (environment: NodeJS.ProcessEnv) => () => LocalKeys.fromEnvironment(environment);
const KEY = newKey();
const DEVELOPMENT = { NODE_ENV: "development", LOCAL_KEY: KEY };

describe("local keys", () => {
  const successorKey = newKey();
  wrappingKeysContract(() => ({
    keys: LocalKeys.fromEnvironment(DEVELOPMENT),
    successor: LocalKeys.fromEnvironment({ ...DEVELOPMENT, LOCAL_KEY: `${successorKey}, ${KEY}` }),
  }));
});

test("a key can come from a file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "local-key-"));
  try {
    const LOCAL_KEY_FILE = join(folder, "key");
    writeFileSync(LOCAL_KEY_FILE, `${KEY}\n`);
    const { wrapped, plaintext } = await LocalKeys.fromEnvironment(DEVELOPMENT).generate({});
    const it = LocalKeys.fromEnvironment({ NODE_ENV: "test", LOCAL_KEY_FILE });
    expect(await it.unwrap(wrapped, {})).toEqual(plaintext);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each(["production", "staging", "Development", "", undefined])("does not start with NODE_ENV %j", (NODE_ENV) => {
  expect(from({ ...DEVELOPMENT, NODE_ENV })).toThrow(
    new SettingsError(["NODE_ENV must be development or test for a local key: services use KMS, by KMS_KEY_ID"]),
  );
});

test.each([
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_ROLE_ARN",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
])("does not start where a pod has an identity at AWS: %s", (name) => {
  expect(from({ ...DEVELOPMENT, [name]: "x" })).toThrow(
    `a local key does not start with ${name} set: this runs on AWS, and KMS can be had`,
  );
});

test("starts with a developer's own credentials of AWS", () => {
  expect(from({ ...DEVELOPMENT, AWS_REGION: "eu-central-1", AWS_PROFILE: "me" })).not.toThrow();
});

test.each<[string, NodeJS.ProcessEnv]>([
  ["none", {}],
  ["two", { LOCAL_KEY: KEY, LOCAL_KEY_FILE: "key" }],
  ["a short one", { LOCAL_KEY: randomBytes(16).toString("base64") }],
  ["a long one", { LOCAL_KEY: randomBytes(33).toString("base64") }],
  ["an empty one", { LOCAL_KEY: "" }],
  ["a password", { LOCAL_KEY: "correct horse battery staple" }],
  ["one and an empty one", { LOCAL_KEY: `${KEY},` }],
  ["a file that isn't there", { LOCAL_KEY_FILE: "/nowhere/at/all" }],
])("does not start with a key that is %s, and does not repeat it", (_, environment) => {
  let error: unknown;
  try {
    LocalKeys.fromEnvironment({ NODE_ENV: "test", ...environment });
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(SettingsError);
  for (const value of Object.values(environment).filter((one) => one !== "" && one !== "key"))
    expect((error as Error).message).not.toContain(value);
});

test("says all that is wrong at once", () => {
  expect(from({ AWS_ROLE_ARN: "x" })).toThrow(/NODE_ENV.*AWS_ROLE_ARN.*LOCAL_KEY/s);
});

test("zeroes its keys when it is closed, and opens nothing more", async () => {
  const it = LocalKeys.fromEnvironment(DEVELOPMENT);
  const { wrapped } = await it.generate({});
  it.close();
  await expect(it.unwrap(wrapped, {})).rejects.toThrow("does not open");
  await expect(it.generate({})).rejects.toThrow(KeyServiceUnavailableError);
});
