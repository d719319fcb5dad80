import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { authDocument } from "../../../lib/config/auth";
import { AUTH_DOCUMENT, readAuthDocument } from "../../../runtime/security/auth-document";
import { SettingsError } from "../../../runtime/settings";
import { auth } from "../../support/synthesis/services";

const folder = mkdtempSync(join(tmpdir(), "auth-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, "auth.json");
const written = (text: string) => {
  writeFileSync(file, text);
  return () => readAuthDocument(file);
};
const platforms = JSON.parse(authDocument(auth)) as object;
const changed = (change: object) => written(JSON.stringify({ ...platforms, ...change }));

test("what the platform writes is what a service reads", () => {
  expect(written(authDocument(auth))()).toEqual({
    authentication: { issuer: auth.issuer, audience: auth.audience, keys: { publicKey: auth.publicKey } },
    commandPermissions: auth.commandPermissions,
    queryPermissions: auth.queryPermissions,
  });
});

test("what the platform demands of tokens, a service demands", () => {
  const read = written(authDocument({ ...auth, tokenType: "at+jwt" }))();
  expect(read.authentication.tokenType).toBe("at+jwt");
});

test("it is where the platform's pods have it", () => {
  expect(AUTH_DOCUMENT).toBe("/etc/cqrs/auth.json");
});

test("a file that is not there, or is no JSON, stops the start", () => {
  const nowhere = join(folder, "none.json");
  expect(() => readAuthDocument(nowhere)).toThrow(new SettingsError([`${nowhere}: can't be read`]));
  expect(written("{")).toThrow(new SettingsError([`${file}: is no JSON`]));
});

test.each<[object, string]>([
  [{ algorithm: "HS256" }, `${file}.algorithm: must be RS256`],
  [{ issuer: 7 }, "AUTH_ISSUER is missing"],
  [{ tokenType: "JWT" }, "AUTH_TOKEN_TYPE: must be 'at+jwt', got 'JWT'"],
  [{ tokenType: null }, "AUTH_TOKEN_TYPE: must be 'at+jwt', got 'null'"],
  [{ publicKey: "secret" }, "AUTH_PUBLIC_KEY must be a public key in PEM (SPKI)"],
  [{ commandPermissions: undefined }, `${file}.commandPermissions: must be an object, each value a list of roles`],
  [{ queryPermissions: { GetOrder: "user" } }, `${file}.queryPermissions.GetOrder: must be a list of roles`],
  [{ queryPermissions: { GetOrder: [] } }, `${file}.queryPermissions.GetOrder: must be a list of roles`],
])("%j stops the start", (change, message) => {
  expect(changed(change)).toThrow(new SettingsError([message]));
});

test.each(["[]", "null", '"a"'])("%s is no document", (text) => {
  expect(written(text)).toThrow(new SettingsError([`${file}: must be an object`]));
});
