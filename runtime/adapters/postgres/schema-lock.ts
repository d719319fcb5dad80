import { setTimeout as wait } from "node:timers/promises";
import type { Pool, PoolClient } from "pg";
import { SchemaInUseError } from "../../recovery/rebuild/rebuild-target";

/** Keeps the locks of ours apart from those that others take in the same database. */
const LOCKS = 0x6d_6f_64_65;
/** One who died is soon forgotten by the server: where it answers him still, at the end of a statement. */
const WAIT_MS = 5_000;
const PAUSE_MS = 100;
/** A network that is gone is found out within a minute, and not within hours. */
const KEEPALIVES = "set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3";

/** What one at a time may do to a schema, for as long as a connection of its own is there. */
export class SchemaLock {
  private client: PoolClient | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly schema: string,
  ) {}

  /** @throws {SchemaInUseError} when another has it, and keeps it. */
  async take(signal: AbortSignal | undefined): Promise<void> {
    if (this.client !== undefined) return;
    const client = await this.pool.connect();
    try {
      await client.query(KEEPALIVES);
      for (
        const until = Date.now() + WAIT_MS;
        !(await this.isTaken(client));
        await wait(PAUSE_MS, undefined, { signal })
      )
        if (Date.now() > until) throw new SchemaInUseError(this.schema);
      this.client = client;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  /** Takes it again where its connection was lost. @throws {SchemaInUseError} when another has taken it meanwhile. */
  async keep(signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.client?.query("select 1");
    } catch {
      this.client?.release(true);
      this.client = undefined;
      await this.take(signal);
    }
  }

  async give(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    const isGiven = await client
      ?.query("select pg_advisory_unlock(hashtextextended($1, $2))", [this.schema, LOCKS])
      .catch(() => undefined);
    client?.release(isGiven === undefined);
  }

  private async isTaken(client: PoolClient): Promise<boolean> {
    const { rows } = await client.query<{ is_taken: boolean }>(
      "select pg_try_advisory_lock(hashtextextended($1, $2)) as is_taken",
      [this.schema, LOCKS],
    );
    return rows[0]?.is_taken === true;
  }
}
