import type { RedisClientOptions } from "@redis/client";

type StreamingCredentials = Extract<
  NonNullable<RedisClientOptions["credentialsProvider"]>,
  { readonly type: "streaming-credentials-provider" }
>;

/** A third before a token ends: a connection that comes back then still signs in with it. */
const DEFAULT_RENEWAL_MS = 600_000;

/**
 * A user whose password ends: it is renewed in time, and each connection that is there signs in anew with it. ElastiCache ends
 * a connection twelve hours after it has signed in. A renewal that fails is tried again with the next.
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
    const timer = setInterval(() => {
      password().then(
        (renewed) => listener.onNext({ username, password: renewed }),
        () => undefined,
      );
    }, renewalMs);
    // It must not keep a process that has nothing else to do.
    timer.unref();
    return [initial, { dispose: () => clearInterval(timer) }];
  },
  // The connection's own errors say so.
  onReAuthenticationError: () => undefined,
});
