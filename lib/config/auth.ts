import { createPublicKey } from "node:crypto";
import { CONFIG_MAP_BYTES, MESSAGE_TYPES, RSA_BITS } from "../contract/limits";
import type { Problem } from "../core/problems";
import {
  listOf,
  mapOf,
  oneOf,
  optional,
  type Rule,
  type Rules,
  refined,
  rule,
  shape,
  text,
  unique,
  within,
} from "../core/rules";
import { url } from "../core/urls";

/** Who may send which command and ask which query: the seed's security configuration, as the services read it. */
export interface AuthConfig {
  /** Who issues the tokens, as their `iss` says: `'https://auth.example.com/'`. Reaches the pods as AUTH_ISSUER. */
  readonly issuer: string;
  /** For whom the tokens are, as their `aud` says. Reaches the pods as AUTH_AUDIENCE. */
  readonly audience: string;
  /** The issuer's public RSA key, 2048 bits or more, in PEM (SPKI). Reaches the pods as AUTH_PUBLIC_KEY. */
  readonly publicKey: string;
  /**
   * The type that tokens must have, as their `typ` says: `'at+jwt'` for access tokens (RFC 9068). With it, the services refuse
   * ID tokens of the same issuer and audience. Reaches the pods as AUTH_TOKEN_TYPE.
   * @default - 'at+jwt', 'JWT' or none
   */
  readonly tokenType?: "at+jwt";
  /** Roles that may send a command, by its type. What is not named is nobody's. */
  readonly commandPermissions: Readonly<Record<string, readonly string[]>>;
  /** Roles that may ask a query, by its type. What is not named is nobody's. */
  readonly queryPermissions: Readonly<Record<string, readonly string[]>>;
}

/** Ours: of a ConfigMap, for its names and labels. */
const METADATA_BYTES = 4096;
/** Ours: more roles than that are a list of people. */
export const ROLES = { min: 1, max: 50 } as const;

/** One block alone: Node would take the public half of a private key, too, which has no place in a configuration. */
const SPKI = /^-----BEGIN PUBLIC KEY-----\r?\n(?:[A-Za-z0-9+/=]+\r?\n)+-----END PUBLIC KEY-----\s*$/;
/** OpenID Connect: no query and no fragment; and nobody's password. */
const ISSUER = /^https:\/\/[^\s/?#@\\][^\s?#@\\]*$/;

const isPublicKey = rule(
  `an RSA public key of ${RSA_BITS.min} to ${RSA_BITS.max} bits in PEM, from '-----BEGIN PUBLIC KEY-----' on, line by line`,
  (value) => typeof value === "string" && SPKI.test(value) && within(RSA_BITS, rsaBitsOf(value)),
);

const isRole = text("a role of at most 64 letters, digits and _.:-", /^[\w.:-]{1,64}$/);
/** A type is the name of a class. */
export const isTypeName: Rule = text("named by letters, digits and '_', a letter first", /^[A-Za-z]\w{0,127}$/);

const AUTH_RULES: Rules<AuthConfig> = {
  issuer: url("an https URL without a query such as 'https://auth.example.com/'", ISSUER),
  audience: text("a text of at most 255 characters without spaces", /^\S{1,255}$/),
  publicKey: isPublicKey,
  tokenType: optional(oneOf(["at+jwt"])),
  commandPermissions: permissions("command"),
  queryPermissions: permissions("query"),
};

/** The only way of signing that the services take: a public key is no secret that somebody could sign with. */
const ALGORITHM = "RS256";

/** Who may do what, as the APIs read it when they start. */
export const authDocument = (auth: AuthConfig): string => JSON.stringify({ algorithm: ALGORITHM, ...auth });

/** Kubernetes would refuse the ConfigMap that has it, but only when it is deployed. */
export const isAuthConfig: Rule = refined<AuthConfig>(shape(AUTH_RULES), (auth, path) => {
  const bytes = Buffer.byteLength(authDocument(auth));
  const most = CONFIG_MAP_BYTES - METADATA_BYTES;
  return bytes <= most ? [] : [{ path, message: `must be at most ${most} bytes as JSON, got ${bytes}` }];
});

function permissions(what: "command" | "query"): Rule {
  return refined<Record<string, readonly string[]>>(
    mapOf(unique(listOf(isRole, ROLES)), isTypeName),
    (roles, path): readonly Problem[] => {
      const count = Object.keys(roles).length;
      if (count === 0) return [{ path, message: `must name at least one ${what}, or all would be refused, got none` }];
      return count <= MESSAGE_TYPES.max
        ? []
        : [{ path, message: `must name at most ${MESSAGE_TYPES.max} types of ${what}, got ${count}` }];
    },
  );
}

/** 0 for what is no RSA key, or one that RS256 can't use. */
function rsaBitsOf(pem: string): number {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === "rsa" ? (key.asymmetricKeyDetails?.modulusLength ?? 0) : 0;
  } catch {
    return 0;
  }
}
