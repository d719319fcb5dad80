import { within } from "../../deadline";
import type { Waiting } from "../../keys/wrapping-keys";
import { ManagedStoreRefusal, ManagedStoreUnavailableError } from "../../recovery/managed/managed-clusters";
import { exchange, PassingFailure, retryAfterMs, tryAgain } from "./cloud-request";
import type { KurrentCloudSettings } from "./kurrent-cloud-settings";

export interface TokenLimits {
  readonly limitMs: number;
  readonly tries: number;
}

/** Where service accounts sign in, which is another place than where persons do: kurrent-io/esc, base/src/identity. */
const FOR_ACCOUNTS = { url: "https://auth.kurrent.io", path: "/oauth2/token" } as const;
const FOR_PERSONS = { url: "https://identity.eventstore.com", path: "/oauth/token" } as const;
/** Public: it names Kurrent's own command line, by which a person got their refresh token. */
const COMMAND_LINE_CLIENT_ID = "OraYp3cFES9O8aWuQtnqi1A7m534iTwt";
/** A token is renewed when this much of its time is left, so that none ends on its way. */
const SPARE_SHARE = 0.2;
const MOST_SPARE_MS = 60_000;
/** Where it isn't said how long a token lasts. */
const UNSAID_SECONDS = 60;
/** A header's: printable, and in one piece. */
const TOKEN = /^[\x21-\x7e]{1,16384}$/;

interface Held {
  readonly token: string;
  /** Both by the clock of `performance`. */
  readonly renewAt: number;
  readonly endsAt: number;
}

/** The token by which Kurrent Cloud is asked. It is got once for all that wait for it, and renewed before it ends. */
export class AccessToken {
  private held: Held | undefined;
  private flight: Promise<string> | undefined;
  /** Kurrent may give another for the one that was used. */
  private refreshToken: string | undefined;
  private readonly url: URL;

  constructor(
    private readonly signIn: KurrentCloudSettings["signIn"],
    identityUrl: string | undefined,
    private readonly limits: TokenLimits,
    /** Of whoever closes: a sign-in that nobody waits for any more ends then. */
    private readonly closed: AbortSignal,
  ) {
    const place = "clientSecret" in signIn ? FOR_ACCOUNTS : FOR_PERSONS;
    this.url = new URL(place.path, identityUrl ?? place.url);
    if ("refreshToken" in signIn) this.refreshToken = signIn.refreshToken;
  }

  /** @throws {ManagedStoreRefusal} when nobody may sign in so. @throws {ManagedStoreUnavailableError} */
  get({ signal }: Waiting = {}): Promise<string> {
    if (this.held !== undefined && performance.now() < this.held.renewAt) return Promise.resolve(this.held.token);
    this.flight ??= this.renew().finally(() => {
      this.flight = undefined;
    });
    const { flight } = this;
    return within({ signals: [signal] }, () => flight);
  }

  /** One that was refused is not used again, however long it should have lasted. */
  forget(token: string): void {
    if (this.held?.token === token) this.held = undefined;
  }

  private async renew(): Promise<string> {
    try {
      const options = { tries: this.limits.tries, repeatable: true, signal: this.closed };
      this.held = await tryAgain(() => this.ask(), options);
      return this.held.token;
    } catch (error) {
      if (!(error instanceof PassingFailure)) throw error;
      if (this.held !== undefined && performance.now() < this.held.endsAt) return this.held.token;
      throw new ManagedStoreUnavailableError("sign in", error);
    }
  }

  private async ask(): Promise<Held> {
    const asked = performance.now();
    const { status, body, retryAfter } = await exchange(this.url, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
      body: new URLSearchParams(this.form()).toString(),
      limitMs: this.limits.limitMs,
      signal: this.closed,
    });
    if (status === 429) throw new PassingFailure("sign in: answered 429", true, retryAfterMs(retryAfter));
    // What is in the body may repeat the secret that was sent.
    if (status >= 400 && status < 500) throw new ManagedStoreRefusal("sign in", "unauthorized", status);
    if (status !== 200) throw new PassingFailure(`sign in: answered ${status}`, false, retryAfterMs(retryAfter));
    return this.heldOf(body, asked);
  }

  private form(): Record<string, string> {
    if ("clientSecret" in this.signIn) {
      // With an audience or a scope it is refused.
      const { clientId, clientSecret } = this.signIn;
      return { grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret };
    }
    const refresh_token = this.refreshToken ?? "";
    return { grant_type: "refresh_token", client_id: COMMAND_LINE_CLIENT_ID, refresh_token };
  }

  private heldOf(body: string, asked: number): Held {
    const { access_token: token, expires_in: seconds = UNSAID_SECONDS, refresh_token: next } = parsed(body);
    if (typeof token !== "string" || !TOKEN.test(token) || typeof seconds !== "number" || !(seconds > 0))
      throw new PassingFailure("sign in: must be answered with a token, got something else", false);
    if (typeof next === "string" && next !== "") this.refreshToken = next;
    const lasts = seconds * 1000;
    const endsAt = asked + lasts;
    return { token, endsAt, renewAt: endsAt - Math.min(lasts * SPARE_SHARE, MOST_SPARE_MS) };
  }
}

function parsed(body: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(body));
  } catch {
    return {};
  }
}
