import { createPublicKey } from "node:crypto";
import { RSA_BITS } from "../../lib/contract/limits";
import { SettingsError } from "../settings";

/** Whose tokens are believed. */
export interface AuthenticationSettings {
  /** As their `iss` says. */
  readonly issuer: string;
  /** As their `aud` says. */
  readonly audience: string;
  /** The issuer's public RSA key in PEM, or the address of its keys. */
  readonly keys: { readonly publicKey: string } | { readonly jwksUrl: string };
  /**
   * The type that their `typ` must have (RFC 9068). With it, no ID token of the same issuer and audience is believed.
   * @default - `at+jwt`, `JWT` or none
   */
  readonly tokenType?: typeof ACCESS_TOKEN;
}

/** How tokens are signed, and in no other way. */
export const ALGORITHM = "RS256";
/** RFC 9068: the type of access tokens. */
export const ACCESS_TOKEN = "at+jwt";

/**
 * From `AUTH_ISSUER`, `AUTH_AUDIENCE`, `AUTH_PUBLIC_KEY` or `AUTH_JWKS_URL`, and `AUTH_TOKEN_TYPE`, which may be absent, as the
 * platform gives them to its pods.
 * @throws {SettingsError} with everything that is missing or wrong; a key is never repeated.
 */
export function authenticationSettings(environment: NodeJS.ProcessEnv): AuthenticationSettings {
  const { AUTH_ISSUER: issuer = "", AUTH_AUDIENCE: audience = "" } = environment;
  const { AUTH_PUBLIC_KEY: publicKey, AUTH_JWKS_URL: jwksUrl, AUTH_TOKEN_TYPE: tokenType } = environment;
  const problems = [
    ...(issuer === "" ? ["AUTH_ISSUER is missing"] : []),
    ...(audience === "" ? ["AUTH_AUDIENCE is missing"] : []),
    ...keyProblems(publicKey, jwksUrl),
    ...(tokenType === undefined || tokenType === ACCESS_TOKEN
      ? []
      : [`AUTH_TOKEN_TYPE: must be '${ACCESS_TOKEN}', got '${tokenType}'`]),
  ];
  if (problems.length > 0) throw new SettingsError(problems);
  const keys = publicKey === undefined ? { jwksUrl: jwksUrl ?? "" } : { publicKey };
  return { issuer, audience, keys, ...(tokenType !== undefined && { tokenType: ACCESS_TOKEN }) };
}

function keyProblems(publicKey: string | undefined, jwksUrl: string | undefined): readonly string[] {
  if (publicKey === undefined && jwksUrl === undefined) return ["AUTH_PUBLIC_KEY is missing, and AUTH_JWKS_URL too"];
  if (publicKey !== undefined && jwksUrl !== undefined) return ["AUTH_PUBLIC_KEY and AUTH_JWKS_URL are both given"];
  if (publicKey !== undefined) return publicKeyProblems(publicKey);
  return URL.canParse(jwksUrl ?? "") && new URL(jwksUrl ?? "").protocol === "https:"
    ? []
    : ["AUTH_JWKS_URL must be an https URL"];
}

function publicKeyProblems(pem: string): readonly string[] {
  // Node takes the public half of a private key, too, which has no place where services are told of it.
  if (!/^-----BEGIN PUBLIC KEY-----/.test(pem.trim())) return ["AUTH_PUBLIC_KEY must be a public key in PEM (SPKI)"];
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey(pem);
    const bits = asymmetricKeyType === "rsa" ? (asymmetricKeyDetails?.modulusLength ?? 0) : 0;
    return bits >= RSA_BITS.min && bits <= RSA_BITS.max
      ? []
      : [`AUTH_PUBLIC_KEY must be an RSA key of ${RSA_BITS.min} to ${RSA_BITS.max} bits`];
  } catch {
    return ["AUTH_PUBLIC_KEY can't be read"];
  }
}
