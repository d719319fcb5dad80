import { createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { Authenticator } from "../../runtime/security/authenticator";
import { microsecondsOf, say } from "./timing";

const RUNS = 300;

/** What it costs to believe a token, beside its signature alone. */
export async function tokens(): Promise<void> {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
  const authenticator = await Authenticator.create({ issuer: "issuer", audience: "orders", keys: { publicKey: pem } });
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const signed = `${part({ alg: "RS256" })}.${part({ iss: "issuer", aud: "orders", sub: "user-1", roles: ["user"], exp })}`;
  const signature = sign("sha256", Buffer.from(signed), privateKey);
  const token = `${signed}.${signature.toString("base64url")}`;
  const key = createPublicKey(pem);
  const times = await microsecondsOf(
    {
      bare: () => {
        if (!verify("sha256", Buffer.from(signed), key, signature)) throw new Error("not its signature");
      },
      believed: () => authenticator.authenticate(token),
    },
    RUNS,
  );
  say("a bare RS256 signature", times.bare, "microseconds");
  say("verifying a token with a warm key", times.believed, "microseconds");
}
