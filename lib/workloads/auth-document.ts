import type { AuthConfig } from "../config/auth";

/** The document's file, in the folder of a service's files. */
export const AUTH_FILE = "auth.json";

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
