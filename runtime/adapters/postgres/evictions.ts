import type { Pool, PoolClient } from "pg";
import { TimeLimitError } from "../../deadline";

/**
 * SQLSTATEs that another server, or this one in a moment, would not answer with: connections (08), a standby that is asked to
 * write (25006), a shutdown and a start (57P01 to 57P03), and errors of the system (58).
 */
const OF_SERVER = /^(?:08...|25006|57P0[123]|58...)$/;

/**
 * Evicts connections that lead to a server which is no longer the right one. A connection that was answered with such an
 * error, or not within a limit, is destroyed when it is released, and with it all idle ones: they were made when the name led
 * to the same server. New connections look the name up again.
 *
 * A standby answers reads without an error, also long after the name leads back to the primary. Each new connection is
 * therefore asked whether it leads to a standby, and evicted in the same way at the limit.
 *
 * @param standbyMs limit on the age of a connection to a standby
 */
export function evictFailedOver(pool: Pool, standbyMs: number): void {
  const failed = new WeakSet<PoolClient>();
  pool.on("connect", (client) => {
    // The caller may handle the error and release the connection without it.
    client.connection.on("errorMessage", ({ code }: { readonly code?: string }) => {
      if (OF_SERVER.test(code ?? "")) failed.add(client);
    });
  });
  pool.on("release", (error, client) => {
    if (!failed.has(client) && !isOfServer(error)) return;
    // Without an error, the pool would keep it.
    if (!error) void client.end().catch(() => undefined);
    evictIdle(pool);
  });
  // Asked before the pool gives the connection to its first caller.
  pool.options.verify = (client, done) => {
    const limitAge = (isStandby: boolean): void => {
      if (!isStandby) return;
      const timer = setTimeout(() => {
        failed.add(client);
        evictIdle(pool);
      }, standbyMs).unref();
      client.once("end", () => clearTimeout(timer));
    };
    client
      .query<{ is_standby: boolean }>("select pg_is_in_recovery() as is_standby")
      .then(({ rows }) => limitAge(rows[0]?.is_standby === true))
      .then(() => done(), done);
  };
}

function evictIdle(pool: Pool): void {
  for (let idle = pool.idleCount; idle > 0; idle--) pool.connect((_, __, release) => release?.(true));
}

/** Whether an error is one of the server's, or of a limit that has passed, also as the cause of another. */
function isOfServer(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { readonly code?: unknown };
  return error instanceof TimeLimitError || OF_SERVER.test(`${code}`) || isOfServer(error.cause);
}
