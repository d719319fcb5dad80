import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

export const ISSUER = "https://auth.example.com/";
export const AUDIENCE = "orders";
export const keyPair = (modulusLength = 2048) => generateKeyPairSync("rsa", { modulusLength });
export const pemOf = (key: KeyObject) => key.export({ type: "spki", format: "pem" }) as string;
export const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
export const now = () => Math.floor(Date.now() / 1000);
export const claims = (more: object = {}) => ({
  ...{ iss: ISSUER, aud: AUDIENCE, sub: "user-1", exp: now() + 60, roles: ["user"] },
  ...more,
});

/** The issuer's own. */
export const own = keyPair();
/** Anybody's. */
export const other = keyPair();

/** A token made by hand, so that it may be as wrong as can be. */
export function tokenOf(
  payload: object,
  { key = own.privateKey, header = {} }: { key?: KeyObject; header?: object } = {},
): string {
  const signed = `${base64({ alg: "RS256", typ: "JWT", ...header })}.${base64(payload)}`;
  return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), key).toString("base64url")}`;
}
