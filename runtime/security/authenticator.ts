import { wholeNumber } from "../health/whole-number";
import { isSubject } from "../keys/subject";
import { ACCESS_TOKEN, ALGORITHM, type AuthenticationSettings } from "./authentication-settings";
import { IssuerKeys, KeysUnavailableError } from "./issuer-keys";

/** Who sent a request. */
export interface Principal {
  /** The token's `sub`. */
  readonly subject: string;
  readonly roles: readonly string[];
}

/** A token that is not believed. Its message says nothing of why: whoever tries tokens must not learn from it. */
export class AuthenticationError extends Error {
  override readonly name = "AuthenticationError";

  /** @param reason for the log, never for the client. */
  constructor(readonly reason: string) {
    super("not authenticated");
  }
}

export interface AuthenticatorOptions {
  /** How far clocks may be apart, in seconds. @default 5 */
  readonly clockToleranceSeconds?: number;
  /** The claim that has the roles, by its path: `['realm_access', 'roles']`. @default ['roles'] */
  readonly rolesClaim?: readonly string[];
  /** Milliseconds that the issuer may take to answer with its keys, 1 to 300000. @default 3000 */
  readonly keysTimeoutMs?: number;
}

/** Ours: a token of a few hundred roles is shorter; a longer one is an attack on whoever reads it. */
const MAX_TOKEN_LENGTH = 16_384;
/** Ours: no client waits longer for an answer. */
const MAX_KEYS_TIMEOUT_MS = 300_000;
/** RFC 7519 and RFC 9068. Others are of tokens for other uses by the same issuer, such as `logout+jwt`. */
const TOKEN_TYPES: readonly string[] = ["jwt", ACCESS_TOKEN];

// An ES module alone, which this one asks for when it is needed.
type Jose = typeof import("jose", { with: { "resolution-mode": "import" }});
type JWTPayload = import("jose", { with: { "resolution-mode": "import" }}).JWTPayload;
type JWTVerifyGetKey = import("jose", { with: { "resolution-mode": "import" }}).JWTVerifyGetKey;

/** Believes tokens of one issuer, for one audience, signed with RS256 and with nothing else. */
export class Authenticator {
  private constructor(
    private readonly jose: Jose,
    private readonly keys: JWTVerifyGetKey,
    private readonly settings: AuthenticationSettings,
    private readonly options: AuthenticatorOptions,
  ) {}

  /**
   * Reads the key, or makes ready to fetch the issuer's keys with the first token.
   * @throws {RangeError} for a timeout that is out of bounds.
   */
  static async create(settings: AuthenticationSettings, options: AuthenticatorOptions = {}): Promise<Authenticator> {
    const keysTimeoutMs = wholeNumber("keysTimeoutMs", options.keysTimeoutMs ?? 3000, 1, MAX_KEYS_TIMEOUT_MS);
    const jose = await import("jose");
    return new Authenticator(jose, await keysOf(jose, settings, keysTimeoutMs), settings, options);
  }

  /**
   * Who a token is of.
   * @throws {AuthenticationError} when it is not believed.
   * @throws {KeysUnavailableError} when the issuer's keys can't be had.
   */
  async authenticate(token: string): Promise<Principal> {
    if (token.length > MAX_TOKEN_LENGTH) throw new AuthenticationError(`a token of ${token.length} characters`);
    const { issuer, audience } = this.settings;
    const { clockToleranceSeconds: clockTolerance = 5, rolesClaim = ["roles"] } = this.options;
    try {
      const { payload, protectedHeader } = await this.jose.jwtVerify(token, this.keys, {
        algorithms: [ALGORITHM],
        issuer,
        audience,
        clockTolerance,
        requiredClaims: ["exp", "sub"],
      });
      this.checkType(protectedHeader.typ);
      return { subject: subjectOf(payload), roles: rolesOf(payload, rolesClaim) };
    } catch (error) {
      throw this.refusalOf(error);
    }
  }

  private checkType(typ: unknown): void {
    const { tokenType } = this.settings;
    if (typ === undefined && tokenType === undefined) return;
    // RFC 7515, 4.1.9: a media type, in any case, mostly without its `application/`.
    const type = typeof typ === "string" ? typ.toLowerCase().replace(/^application\//, "") : "";
    const allowed = tokenType === undefined ? TOKEN_TYPES : [tokenType];
    if (!allowed.includes(type)) throw new AuthenticationError("another type of token");
  }

  private refusalOf(error: unknown): Error {
    if (error instanceof AuthenticationError || error instanceof KeysUnavailableError) return error;
    // Whatever jose finds wrong with a token is one of its errors; a key that it can't use is not.
    return error instanceof this.jose.errors.JOSEError
      ? new AuthenticationError(error.code)
      : new KeysUnavailableError(error);
  }
}

async function keysOf(jose: Jose, { keys }: AuthenticationSettings, timeoutMs: number): Promise<JWTVerifyGetKey> {
  if ("jwksUrl" in keys) return new IssuerKeys(jose, new URL(keys.jwksUrl), timeoutMs).keyOf;
  const key = await jose.importSPKI(keys.publicKey, ALGORITHM);
  return async () => key;
}

function subjectOf({ sub }: JWTPayload): string {
  if (typeof sub !== "string" || sub === "") throw new AuthenticationError("no subject");
  // Personal data of such a one could not be encrypted, nor its id be kept.
  if (!isSubject(sub)) throw new AuthenticationError("a subject that can have no keys");
  return sub;
}

/** Nobody's roles are none; what is no list of texts is a mistake of the issuer's, and no role at all. */
function rolesOf(payload: JWTPayload, path: readonly string[]): readonly string[] {
  const roles = path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined,
    payload,
  );
  if (roles === undefined) return [];
  const isList = Array.isArray(roles) && roles.every((role) => typeof role === "string");
  if (!isList) throw new AuthenticationError("roles that are no list of texts");
  return roles;
}
