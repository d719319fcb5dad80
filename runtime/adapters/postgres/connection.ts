import type { Pool, PoolClient } from "pg";
import { within } from "../../deadline";
import { isTransient } from "./transient-errors";

/** A connection of the pool. It goes back at once if it comes after the signal has ended the wait for it. */
export async function connected(pool: Pool, signal: AbortSignal): Promise<PoolClient> {
  const client = await pool.connect();
  if (signal.aborted) client.release();
  signal.throwIfAborted();
  return client;
}

/**
 * Asks on a connection of the pool, as the work of `within`. Where its signal ends it, the connection is destroyed, and with
 * it the statement that is under way. One that failed for a reason that passes by itself is destroyed, too. The pool is told
 * the reason, by which it judges its other connections.
 */
export async function borrowed<Result>(
  pool: Pool,
  signal: AbortSignal,
  ask: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await connected(pool, signal);
  let release = (broken?: unknown): void => {
    release = () => undefined;
    client.release(broken instanceof Error ? broken : broken !== undefined);
  };
  signal.addEventListener("abort", () => release(signal.reason), { once: true });
  try {
    const result = await ask(client);
    release();
    return result;
  } catch (error) {
    release(isTransient(error) ? error : undefined);
    throw error;
  }
}

/** The same for as long as the connection answers, or until the signal. */
export const onConnection = <Result>(
  pool: Pool,
  signal: AbortSignal | undefined,
  ask: (client: PoolClient) => Promise<Result>,
): Promise<Result> => within({ signals: [signal] }, (end) => borrowed(pool, end, ask));

/** All of it, or nothing: what `work` throws has changed nothing. */
export async function transacted<Result>(client: PoolClient, work: () => Promise<Result>, mode = ""): Promise<Result> {
  await client.query(`begin ${mode}`);
  try {
    const result = await work();
    const { command } = await client.query("commit");
    // PostgreSQL answers so where a statement has failed before, whose error somebody has kept to himself.
    if (command === "ROLLBACK") throw new Error("a statement failed, and with it the whole transaction");
    return result;
  } catch (error) {
    // A connection that is gone has rolled it back already.
    await client.query("rollback").catch(() => undefined);
    throw error;
  }
}

/** The same on a connection of its own. */
export const inTransaction = <Result>(
  pool: Pool,
  signal: AbortSignal | undefined,
  work: (client: PoolClient) => Promise<Result>,
  mode?: string,
): Promise<Result> => onConnection(pool, signal, (client) => transacted(client, () => work(client), mode));

/** The server that a pool's name leads to takes no writes, for example a standby during a failover. */
export class ReadOnlyServerError extends Error {
  override readonly name = "ReadOnlyServerError";
  /** As the server itself refuses a write. */
  readonly code = "25006";
  readonly severity = "ERROR";
}

/** @throws {ReadOnlyServerError} where the server takes no writes; reads alone would not tell. */
export async function checkWritable(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ writable: boolean }>(
    "select not pg_is_in_recovery() and not current_setting('transaction_read_only')::boolean as writable",
  );
  if (rows[0]?.writable !== true)
    throw new ReadOnlyServerError("the server takes no writes: it is a standby, or read-only");
}
