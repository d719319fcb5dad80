import { generateKeyPairSync, sign } from "node:crypto";

/** An issuer of tokens for this machine alone: its key is gone with the process. */
export class Issuer {
  readonly publicKey: string;
  private readonly keys = generateKeyPairSync("rsa", { modulusLength: 2048 });

  constructor(
    private readonly issuer: string,
    private readonly audience: string,
  ) {
    this.publicKey = this.keys.publicKey.export({ type: "spki", format: "pem" }).toString();
  }

  /** A token that is good for an hour. */
  token(subject: string, ...roles: readonly string[]): string {
    const exp = Math.floor(Date.now() / 1000) + 3600;
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const signed = `${part({ alg: "RS256" })}.${part({ iss: this.issuer, aud: this.audience, sub: subject, roles, exp })}`;
    return `${signed}.${sign("sha256", Buffer.from(signed), this.keys.privateKey).toString("base64url")}`;
  }
}
