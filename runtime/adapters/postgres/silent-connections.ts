import type { Socket } from "node:net";
import { Client, type Pool, type PoolClient } from "pg";
import { TimeLimitError } from "../../deadline";

/** For the round trip by which a connection ends in order; then it is destroyed. */
const CLOSE_MS = 2_000;
/**
 * Ours: so often in succession may the server's process not be found out about, for example while a name leads to another
 * server. Then it is taken to be gone.
 */
const MAX_UNANSWERED = 3;
/** The server has no connection left for the question; it is not gone. */
const TOO_MANY_CONNECTIONS = "53300";
/** Connections whose statements may take as long as they need, each with the server's process that runs them. */
const processes = new WeakMap<PoolClient, ServerProcess>();

/** Numbers of processes are used again, and each server has its own: it is known by when it has started. */
interface ServerProcess {
  readonly pid: number;
  readonly since: string;
  readonly server: string;
}

/**
 * Lets the statements of a connection take as long as they need: of its transaction, or of its session until it goes back to
 * its pool. Instead of being destroyed when it is silent, the connection is kept for as long as the server says that it is
 * still at work.
 * @returns the limit that it had.
 */
export async function allowLongStatements(client: PoolClient, scope: "local" | "session" = "local"): Promise<string> {
  const { rows } = await client.query<ServerProcess & { readonly former: string }>(
    `select pid, backend_start::text as since, pg_postmaster_start_time()::text as server,
       current_setting('statement_timeout') as former
     from pg_stat_activity where pid = pg_backend_pid()`,
  );
  const [process] = rows;
  await client.query(`set ${scope} statement_timeout = 0`);
  if (process === undefined) return "0";
  processes.set(client, process);
  return process.former;
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
    let unanswered = 0;
    const goesOn = async (): Promise<boolean> => {
      const process = processes.get(client);
      if (process === undefined) return false;
      try {
        const isActive = await isAtWork(pool, stream, process);
        unanswered = 0;
        return isActive;
      } catch (error) {
        return (error as { readonly code?: unknown }).code === TOO_MANY_CONNECTIONS || ++unanswered < MAX_UNANSWERED;
      }
    };
    stream.on("timeout", async () => {
      // As long as what has come is not read, our own consumer is what is slow; the peer's silence begins afterwards.
      const isOurs = stream.readableLength > 0 || wasFull;
      wasFull = stream.readableLength > 0;
      const received = stream.bytesRead;
      // Once it has been asked, the answer may have come.
      const isAlive = isOurs || (await goesOn()) || stream.bytesRead > received;
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

/**
 * Whether a connection's server has its process at work, asked by another connection to the same address: a name may lead to
 * several servers. A process that waits for its client is not at work: it would wait without end for one that reads no more.
 * @throws where that can't be found out.
 */
async function isAtWork(pool: Pool, stream: Socket, { pid, since, server }: ServerProcess): Promise<boolean> {
  // A pool hides its password from whoever lists its options.
  const { connectionTimeoutMillis, password, ssl, host } = pool.options;
  const client = new Client({
    ...pool.options,
    password,
    query_timeout: connectionTimeoutMillis,
    // None for a Unix socket.
    ...(stream.remoteAddress !== undefined && {
      host: stream.remoteAddress,
      port: stream.remotePort,
      // The certificate is the name's.
      ...(typeof ssl === "object" && { ssl: { host, ...ssl } }),
    }),
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ is_same: boolean; is_active: boolean }>(
      `select pg_postmaster_start_time() = $3::timestamptz as is_same, exists (
        select from pg_stat_activity
        where pid = $1 and backend_start = $2::timestamptz and state = 'active' and wait_event_type is distinct from 'Client'
      ) as is_active`,
      [pid, since, server],
    );
    if (rows[0]?.is_same !== true) throw new Error("another server has answered");
    return rows[0].is_active;
  } finally {
    (client.connection.stream as Socket).setTimeout(CLOSE_MS, () => client.connection.stream.destroy());
    await client.end().catch(() => undefined);
  }
}
