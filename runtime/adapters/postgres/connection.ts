import type { Pool, PoolClient } from "pg";
import { isTransient } from "./transient-errors";

/** A connection that comes when nobody waits for it any more goes back. */
async function connected(pool: Pool, signal: AbortSignal | undefined): Promise<PoolClient> {
  const connecting = pool.connect();
  if (signal === undefined) return connecting;
  let end = () => {};
  const ended = new Promise<never>((_, reject) => {
    end = () => reject(signal.reason);
  });
  signal.addEventListener("abort", end, { once: true });
  try {
    return await Promise.race([connecting, ended]);
  } catch (error) {
    connecting.then((client) => client.release()).catch(() => undefined);
    throw error;
  } finally {
    signal.removeEventListener("abort", end);
  }
}

/** A connection whose answer nobody waits for any more, or that failed, is not used again. */
export async function onConnection<Result>(
  pool: Pool,
  signal: AbortSignal | undefined,
  ask: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted();
  const client = await connected(pool, signal);
  let isReleased = false;
  const release = (broken: boolean) => {
    if (!isReleased) client.release(broken);
    isReleased = true;
  };
  const drop = () => release(true);
  signal?.addEventListener("abort", drop, { once: true });
  try {
    const result = await ask(client);
    release(false);
    return result;
  } catch (error) {
    release(isTransient(error));
    throw error;
  } finally {
    signal?.removeEventListener("abort", drop);
  }
}

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
