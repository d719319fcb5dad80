import type { AuthConfig } from "../config/auth";

/** The only way of signing that the services take: a public key is no secret that somebody could sign with. */
const ALGORITHM = "RS256";
/** The document's file, in the folder of a service's files. */
export const AUTH_FILE = "auth.json";

/** Who may do what, as the APIs read it when they start. */
export interface AuthDocument extends AuthConfig {
  readonly algorithm: typeof ALGORITHM;
}

export const authDocument = (auth: AuthConfig): string =>
  JSON.stringify({ algorithm: ALGORITHM, ...auth } satisfies AuthDocument);

/** The part of it that the seed's services read from their environment. */
export const authVariables = ({
  issuer,
  audience,
  publicKey,
  tokenType,
}: AuthConfig): Readonly<Record<string, string>> => ({
  AUTH_ISSUER: issuer,
  AUTH_AUDIENCE: audience,
  AUTH_PUBLIC_KEY: publicKey,
  ...(tokenType !== undefined && { AUTH_TOKEN_TYPE: tokenType }),
});
