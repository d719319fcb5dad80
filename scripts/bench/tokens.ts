import { createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { Authenticator } from "../../runtime/security/authenticator";
import type { Result } from "./gate";
import { microsecondsOf } from "./timing";

const RUNS = 300;
const MOST_TIMES_BARE = 8;

/** What it costs to verify a token, next to its signature alone. */
export async function tokens(): Promise<readonly Result[]> {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
  const authenticator = await Authenticator.create({ issuer: "issuer", audience: "orders", keys: { publicKey: pem } });
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const signed = `${part({ alg: "RS256" })}.${part({ iss: "issuer", aud: "orders", sub: "user-1", roles: ["user"], exp })}`;
  const signature = sign("sha256", Buffer.from(signed), privateKey);
  const token = `${signed}.${signature.toString("base64url")}`;
  const key = createPublicKey(pem);
  const { bare, token: verified } = await microsecondsOf(
    {
      bare: () => {
        if (!verify("sha256", Buffer.from(signed), key, signature)) throw new Error("not its signature");
      },
      token: () => authenticator.authenticate(token),
    },
    RUNS,
  );
  return [
    { name: "a bare RS256 signature", value: bare, unit: "microseconds" },
    { name: "a token, with a cached key", value: verified, unit: "microseconds" },
    {
      ...{ name: "a token", value: verified / bare, unit: "times its signature" },
      limit: { atMost: MOST_TIMES_BARE },
    },
  ];
}
