import type { RedisClientOptions } from "@redis/client";

type StreamingCredentials = Extract<
  NonNullable<RedisClientOptions["credentialsProvider"]>,
  { readonly type: "streaming-credentials-provider" }
>;

/** A third before a token ends: a connection that comes back then still signs in with it. */
const DEFAULT_RENEWAL_MS = 600_000;
/** A renewal that fails is tried again after this part of the time between two: ten times before the token ends. */
const RETRY_SHARE = 0.05;

/**
 * A user whose password ends: it is renewed in time, and each connection that is there signs in anew with it. ElastiCache ends
 * a connection twelve hours after it has signed in. A renewal that fails is tried again, each 30 seconds by default.
 *
 * @param renewalMs milliseconds between two renewals, 10 minutes for the 15 of ElastiCache's tokens.
 */
export const renewedCredentials = (
  username: string,
  password: () => Promise<string>,
  renewalMs: number = DEFAULT_RENEWAL_MS,
): StreamingCredentials => ({
  type: "streaming-credentials-provider",
  subscribe: async (listener) => {
    const initial = { username, password: await password() };
    let timer: NodeJS.Timeout | undefined;
    let isDisposed = false;
    const renewAfter = (milliseconds: number) => {
      // It must not keep a process that has nothing else to do.
      if (!isDisposed) timer = setTimeout(renew, milliseconds).unref();
    };
    const renew = () => {
      password().then(
        (renewed) => {
          if (!isDisposed) listener.onNext({ username, password: renewed });
          renewAfter(renewalMs);
        },
        () => renewAfter(renewalMs * RETRY_SHARE),
      );
    };
    renewAfter(renewalMs);
    const dispose = () => {
      isDisposed = true;
      clearTimeout(timer);
    };
    return [initial, { dispose }];
  },
  // The connection's own errors say so.
  onReAuthenticationError: () => undefined,
});
