import { generateKeyPairSync } from "node:crypto";
import { authenticationSettings } from "../../../runtime/security/authentication-settings";
import { SettingsError } from "../../../runtime/settings";

const pem = (modulusLength: number) =>
  generateKeyPairSync("rsa", { modulusLength }).publicKey.export({ type: "spki", format: "pem" }) as string;
const sound = { AUTH_ISSUER: "https://auth.example.com/", AUTH_AUDIENCE: "orders", AUTH_PUBLIC_KEY: pem(2048) };
const problemsOf = (environment: NodeJS.ProcessEnv) => {
  try {
    authenticationSettings(environment);
    return [];
  } catch (error) {
    return (error as SettingsError).problems;
  }
};

test("are the platform's variables", () => {
  expect(authenticationSettings(sound)).toEqual({
    issuer: "https://auth.example.com/",
    audience: "orders",
    keys: { publicKey: sound.AUTH_PUBLIC_KEY },
  });
  const { AUTH_PUBLIC_KEY: _, ...others } = sound;
  expect(authenticationSettings({ ...others, AUTH_JWKS_URL: "https://auth.example.com/jwks" }).keys).toEqual({
    jwksUrl: "https://auth.example.com/jwks",
  });
});

test("may demand the type of access tokens", () => {
  expect(authenticationSettings({ ...sound, AUTH_TOKEN_TYPE: "at+jwt" }).tokenType).toBe("at+jwt");
});

test.each<[string, NodeJS.ProcessEnv, readonly string[]]>([
  ["another type of token", { ...sound, AUTH_TOKEN_TYPE: "JWT" }, ["AUTH_TOKEN_TYPE: must be 'at+jwt', got 'JWT'"]],
  [
    "none of them",
    {},
    ["AUTH_ISSUER is missing", "AUTH_AUDIENCE is missing", "AUTH_PUBLIC_KEY is missing, and AUTH_JWKS_URL too"],
  ],
  [
    "two ways to the keys",
    { ...sound, AUTH_JWKS_URL: "https://a/" },
    ["AUTH_PUBLIC_KEY and AUTH_JWKS_URL are both given"],
  ],
  [
    "a short key",
    { ...sound, AUTH_PUBLIC_KEY: pem(1024) },
    ["AUTH_PUBLIC_KEY must be an RSA key of 2048 to 16384 bits"],
  ],
  [
    "a private key",
    { ...sound, AUTH_PUBLIC_KEY: "-----BEGIN PRIVATE KEY-----\nsecret" },
    ["AUTH_PUBLIC_KEY must be a public key in PEM (SPKI)"],
  ],
  ["a broken key", { ...sound, AUTH_PUBLIC_KEY: "-----BEGIN PUBLIC KEY-----\nx" }, ["AUTH_PUBLIC_KEY can't be read"]],
  [
    "another kind of key",
    {
      ...sound,
      AUTH_PUBLIC_KEY: generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "pem" }) as string,
    },
    ["AUTH_PUBLIC_KEY must be an RSA key of 2048 to 16384 bits"],
  ],
  [
    "keys by plain HTTP",
    { AUTH_ISSUER: "a", AUTH_AUDIENCE: "b", AUTH_JWKS_URL: "http://auth.example.com/jwks" },
    ["AUTH_JWKS_URL must be an https URL"],
  ],
])("stop the start with %s, and say why", (_, environment, problems) => {
  expect(problemsOf(environment)).toEqual(problems);
});

test("never repeat a value that might be secret", () => {
  expect(problemsOf({ ...sound, AUTH_PUBLIC_KEY: "-----BEGIN PRIVATE KEY-----\nsecret" }).join()).not.toContain(
    "secret\n",
  );
  expect(() => authenticationSettings({})).toThrow(SettingsError);
});
