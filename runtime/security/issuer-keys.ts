import type { webcrypto } from "node:crypto";
import { RSA_BITS } from "../../lib/contract/limits";
import { within } from "../deadline";
import { boundedRequest } from "../health/bounded-request";
import { ALGORITHM } from "./authentication-settings";

/** The issuer's keys can't be had: whether the token is good is not known, and nobody is let in. */
export class KeysUnavailableError extends Error {
  override readonly name: string = "KeysUnavailableError";

  constructor(cause: unknown) {
    super("the issuer's keys can't be had", { cause });
  }
}

/** The issuer had no such key when it was asked last. It may have changed its keys since, and can't be asked again yet. */
export class SigningKeyUnknownError extends KeysUnavailableError {
  override readonly name = "SigningKeyUnknownError";
}

/** How long keys are used without asking again. */
const FRESH_MS = 600_000;
/** How long known keys are used while the issuer can't be asked: ours, for most tokens end within a day. */
const MAX_AGE_MS = 86_400_000;
/** For so long after its answer the issuer is not asked for a key that it did not have. */
const COOL_DOWN_MS = 30_000;
/** After the first failure. Each next one doubles it. */
const FIRST_BACKOFF_MS = 1000;
const MAX_BACKOFF_MS = 30_000;
/** Names of unknown keys that are remembered. Each is as long as a token at most. */
const MAX_UNKNOWN = 100;

// An ES module alone, which the authenticator imports.
type Jose = typeof import("jose", { with: { "resolution-mode": "import" }});
type JWK = import("jose", { with: { "resolution-mode": "import" }}).JWK;
type JWTVerifyGetKey = import("jose", { with: { "resolution-mode": "import" }}).JWTVerifyGetKey;

interface Known {
  readonly find: ReturnType<Jose["createLocalJWKSet"]>;
  /** When they were asked for, by the clock of `performance`. */
  readonly askedMs: number;
}

/**
 * Keys for RS256 that an issuer publishes as a JSON Web Key Set. They are fetched with the first token, again when they are ten
 * minutes old, and for a token whose key is not among them. A set that has none of them is as no answer.
 *
 * While the issuer is away, known keys stay in use for 24 hours and one fetch is made in each back-off interval, from one second
 * to 30, of which half is random (jitter).
 */
export class IssuerKeys {
  private known: Known | undefined;
  private failures = 0;
  private failure: unknown;
  private nextFetchMs = Number.NEGATIVE_INFINITY;
  private fetching: Promise<void> | undefined;
  /** When each unknown key was first asked for; the oldest comes first. */
  private readonly unknown = new Map<string, number>();

  /** @param timeoutMs that the issuer may take to answer. */
  constructor(
    private readonly jose: Jose,
    private readonly url: URL,
    private readonly timeoutMs: number,
  ) {}

  /**
   * The key of a token, by its header.
   * @throws {JWKSNoMatchingKey} when the issuer was asked for it in the last 30 seconds, and has none.
   * @throws {SigningKeyUnknownError} when the issuer can't be asked for it yet.
   * @throws {KeysUnavailableError} when the issuer is away, and the key not known or known for more than 24 hours.
   */
  readonly keyOf: JWTVerifyGetKey = async (header, token) => {
    const nowMs = performance.now();
    if (this.ageMs >= FRESH_MS) {
      const fetched = this.fetch();
      // While the issuer is away, no token waits for it whose key is known.
      if (this.failures === 0 || this.ageMs >= MAX_AGE_MS) await fetched;
    }
    const found = await this.find(header, token);
    if (found !== undefined) return found;
    const firstMs = this.firstAskedMs(header.kid ?? "", nowMs);
    if (!this.isMissing(firstMs)) await this.fetch();
    const later = await this.find(header, token);
    if (later !== undefined) return later;
    if (this.isMissing(firstMs)) throw new this.jose.errors.JWKSNoMatchingKey();
    throw this.failures > 0 ? new KeysUnavailableError(this.failure) : new SigningKeyUnknownError(undefined);
  };

  private get ageMs(): number {
    return this.known === undefined ? Number.POSITIVE_INFINITY : performance.now() - this.known.askedMs;
  }

  private async find(...token: Parameters<JWTVerifyGetKey>): Promise<Awaited<ReturnType<Known["find"]>> | undefined> {
    if (this.known === undefined || this.ageMs >= MAX_AGE_MS) throw new KeysUnavailableError(this.failure);
    try {
      return await this.known.find(...token);
    } catch (error) {
      if (error instanceof this.jose.errors.JWKSNoMatchingKey) return undefined;
      throw error;
    }
  }

  private firstAskedMs(kid: string, nowMs: number): number {
    const known = this.unknown.get(kid);
    if (known !== undefined) return known;
    this.unknown.set(kid, nowMs);
    const [oldest = ""] = this.unknown.keys();
    if (this.unknown.size > MAX_UNKNOWN) this.unknown.delete(oldest);
    return nowMs;
  }

  /** Whether the issuer has answered, after the key was first asked for and not long ago, without it. */
  private isMissing(firstAskedMs: number): boolean {
    return this.ageMs < COOL_DOWN_MS && this.known !== undefined && firstAskedMs <= this.known.askedMs;
  }

  /** Fetches, or waits for the fetch that is under way, or does nothing while no fetch is allowed. Never throws. */
  private async fetch(): Promise<void> {
    if (this.fetching === undefined && performance.now() < this.nextFetchMs) return;
    this.fetching ??= this.fetchOnce().finally(() => {
      this.fetching = undefined;
    });
    await this.fetching;
  }

  private async fetchOnce(): Promise<void> {
    const askedMs = performance.now();
    try {
      const bounds = { limitMs: this.timeoutMs, keepsAlive: false };
      const { status, body } = await within(bounds, (signal) => boundedRequest(this.url, { signal }));
      if (status !== 200) throw new Error(`status: must be 200, got ${status}`);
      const keys = await this.usableOf(JSON.parse(body).keys);
      if (keys.length === 0) throw new Error(`keys: must have one for ${ALGORITHM}, got none`);
      this.known = { find: this.jose.createLocalJWKSet({ keys }), askedMs };
      this.failures = 0;
      this.nextFetchMs = askedMs + COOL_DOWN_MS;
    } catch (error) {
      this.failure = error;
      const intervalMs = Math.min(FIRST_BACKOFF_MS * 2 ** this.failures++, MAX_BACKOFF_MS);
      this.nextFetchMs = performance.now() + intervalMs * (0.5 + Math.random() / 2);
    }
  }

  /** Keys by which a token could be verified. With any other known, everybody who names it would get an error of the service. */
  private async usableOf(keys: readonly JWK[]): Promise<JWK[]> {
    const areUsable = await Promise.all(keys.map((key) => this.isUsable(key)));
    return keys.filter((_, index) => areUsable[index]);
  }

  private async isUsable(key: JWK): Promise<boolean> {
    try {
      const { algorithm } = await this.jose.createLocalJWKSet({ keys: [key] })({ alg: ALGORITHM });
      const { modulusLength: bits } = algorithm as webcrypto.RsaHashedKeyAlgorithm;
      return bits >= RSA_BITS.min && bits <= RSA_BITS.max;
    } catch {
      return false;
    }
  }
}
