import type { Socket } from "node:net";
import { Client, type Pool, type PoolClient } from "pg";
import { TimeLimitError } from "../../deadline";

/** For the round trip by which a connection ends in order; then it is destroyed. */
const CLOSE_MS = 2_000;
/** Connections whose statements may take as long as they need, each with the server's process that runs them. */
const processes = new WeakMap<PoolClient, number>();

/**
 * Lets the statements of a connection take as long as they need: of its transaction, or of its session until it goes back to
 * its pool. Instead of being destroyed when it is silent, the connection is kept for as long as the server says that it is
 * still at work.
 * @returns the limit that it had.
 */
export async function allowLongStatements(client: PoolClient, scope: "local" | "session" = "local"): Promise<string> {
  const { rows } = await client.query<{ pid: number; former: string }>(
    "select pg_backend_pid() as pid, current_setting('statement_timeout') as former",
  );
  const [{ pid, former } = { pid: 0, former: "0" }] = rows;
  await client.query(`set ${scope} statement_timeout = 0`);
  processes.set(client, pid);
  return former;
}

/**
 * Destroys each connection of the pool on which nothing moves for the limit while a statement is under way. It is a limit on
 * silence, not on the statement: each byte of a COPY or of a long answer begins it anew. The statement fails with
 * {@link TimeLimitError}. Without it, a connection whose peer acknowledges and answers nothing (a proxy, a machine that
 * hangs) is waited for without end: TCP's keepalive does not see it, and `statement_timeout` is the server's.
 *
 * @param limitMs more than the server's `statement_timeout`, so that a statement that is only slow is answered with the server's error.
 */
export function limitSilence(pool: Pool, limitMs: number): void {
  pool.on("connect", (client) => {
    const stream = client.connection.stream as Socket;
    // pg has an event for the last statement that ends, and none for one that begins.
    client.query = preceded(client.query.bind(client), () => stream.setTimeout(limitMs));
    client.end = preceded(client.end.bind(client), () => stream.setTimeout(CLOSE_MS));
    client.on("drain", () => stream.setTimeout(0));
    let wasFull = false;
    stream.on("timeout", async () => {
      // As long as what has come is not read, our own consumer is what is slow; the peer's silence begins afterwards.
      const isOurs = stream.readableLength > 0 || wasFull;
      wasFull = stream.readableLength > 0;
      const received = stream.bytesRead;
      // Once it has been asked, the answer may have come.
      const isAlive = isOurs || (await isAtWork(pool, processes.get(client))) || stream.bytesRead > received;
      if (isAlive) stream.setTimeout(limitMs);
      else stream.destroy(new TimeLimitError(limitMs));
    });
  });
  pool.on("release", (_, client) => void processes.delete(client));
}

/** A function with the same overloads that does something before. */
function preceded<Call>(call: Call, before: () => void): Call {
  const made = (...parameters: readonly unknown[]): unknown => {
    before();
    return (call as (...parameters: readonly unknown[]) => unknown)(...parameters);
  };
  return made as Call;
}

/** Whether the server that the pool's name leads to has the process at work, asked by another connection. */
async function isAtWork(pool: Pool, pid: number | undefined): Promise<boolean> {
  if (pid === undefined) return false;
  // A pool hides its password from whoever lists its options.
  const { connectionTimeoutMillis, password } = pool.options;
  const client = new Client({ ...pool.options, password, query_timeout: connectionTimeoutMillis });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query("select from pg_stat_activity where pid = $1 and state = 'active'", [pid]);
    return rows.length > 0;
  } catch {
    return false;
  } finally {
    (client.connection.stream as Socket).setTimeout(CLOSE_MS, () => client.connection.stream.destroy());
    await client.end().catch(() => undefined);
  }
}
