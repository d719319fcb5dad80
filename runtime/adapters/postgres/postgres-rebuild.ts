import { createHash } from "node:crypto";
import type { Pool, PoolClient } from "pg";
import type { Reading } from "../../event-store/event-store";
import type { LastEvent } from "../../recovery/backup/manifest";
import type { FormerModels, RebuildTarget } from "../../recovery/rebuild/rebuild-target";
import { checkpointsIn } from "./checkpoints-in";
import { inTransaction, onConnection } from "./connection";
import { copiedGrants } from "./copied-grants";
import { checkSchema } from "./event-table";
import { MAX_GENERATION_NAME } from "./generation-names";
import { isThere } from "./is-there";
import { isWithin, markLost, markPutAway, markReach, reachOf } from "./models-reach";
import { checkReaders } from "./outside-readers";
import { PostgresReadModels, type SqlTransaction } from "./postgres-read-models";
import { prepareTables } from "./prepared-tables";
import { putAway } from "./put-away";
import { schemaLock } from "./schema-lock";
import type { WorkLock } from "./work-lock";

export interface PostgresRebuildOptions {
  /** Of the primary, with two connections or more; its maker's to end. */
  readonly pool: Pool;
  /** Others of the primary, as many as partitions are worked on at a time; ended at the close. */
  readonly loading: Pool;
  /** @default "read_models" */
  readonly schema?: string;
  /** Statements that make tables, as the projections give them to `migrate`. */
  readonly tables: readonly string[];
  /** Statements that make what reading needs and writing does not: made once all rows are there. @default - none */
  readonly indexes?: readonly string[];
}

/** How long whoever projects is waited for, and kept waiting, in one attempt; readers never are. */
const LOCK_MS = 2_000;
const ATTEMPTS = 15;
/** Of a transaction that waits for the last events to be replayed. */
const HELD_MS = 60_000;
const LOCK_NOT_AVAILABLE = "55P03";

/** Builds read models in a schema beside the one that is read, which takes its name. */
export class PostgresRebuild implements RebuildTarget<SqlTransaction> {
  readonly place: string;
  readonly next: PostgresReadModels;
  private readonly beside: string;
  private readonly lock: WorkLock;

  /** @throws {RangeError} for a schema's name that can't be. */
  constructor(private readonly options: PostgresRebuildOptions) {
    this.place = checkSchema(options.schema ?? "read_models");
    if (this.place.length > MAX_GENERATION_NAME)
      throw new RangeError(`schema: must have at most ${MAX_GENERATION_NAME} characters, got ${this.place}`);
    this.beside = `${this.place}_next`;
    this.lock = schemaLock(options.pool, this.place);
    this.next = new PostgresReadModels({ primary: options.loading, schema: this.beside, bulk: true });
  }

  async begin(of: string, isInLog: (last: LastEvent) => Promise<boolean>, { signal }: Reading = {}): Promise<boolean> {
    const { pool, tables } = this.options;
    const { place, beside } = this;
    await this.lock.take(signal);
    const version = this.version(of);
    const resumed = await inTransaction(pool, signal, async (client) => {
      if ((await versionIn(client, beside)) === version && (await isWithin(client, beside, isInLog))) return true;
      await client.query(`drop schema if exists ${beside} cascade; create schema ${beside}`);
      // Before its tables are made: those that there were not yet get what such a table gets.
      await client.query(copiedGrants(place, beside));
      return false;
    });
    await this.next.migrate(
      [
        ...tables,
        "create table if not exists rebuild (version text primary key)",
        `insert into rebuild values ('${version}') on conflict do nothing`,
      ],
      { signal },
    );
    await onConnection(pool, signal, (client) => checkReaders(client, place, beside));
    return resumed;
  }

  async reach(last: LastEvent, { signal }: Reading = {}): Promise<void> {
    await onConnection(this.options.loading, signal, (client) => markReach(client, this.beside, last));
  }

  async complete({ signal }: Reading = {}): Promise<void> {
    await prepareTables(this.options.pool, this.beside, this.options.indexes ?? [], signal);
  }

  async swap(
    drain: (former: FormerModels | undefined) => Promise<boolean>,
    { signal }: Reading = {},
  ): Promise<string | undefined> {
    await this.lock.check(signal);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.trySwap(drain, signal);
      } catch (error) {
        // Somebody projects for longer than others may be kept waiting: they go first.
        const { code } = error as { code?: unknown };
        if (code !== LOCK_NOT_AVAILABLE || attempt === ATTEMPTS) throw error;
      }
    }
  }

  async end(isOfUse: boolean): Promise<void> {
    try {
      if (!isOfUse && (await this.lock.isHeld()))
        await this.options.pool.query(`drop table if exists ${this.beside}.rebuild`);
    } finally {
      await this.lock.give();
    }
  }

  close(): Promise<void> {
    return this.next.close();
  }

  private trySwap(drain: (former: FormerModels | undefined) => Promise<boolean>, signal: AbortSignal | undefined) {
    const { place, beside } = this;
    return inTransaction(this.options.pool, signal, async (client) => {
      await client.query(
        `set local lock_timeout = ${LOCK_MS}; set local idle_in_transaction_session_timeout = ${HELD_MS}`,
      );
      const exists = await isThere(client, `${place}.checkpoints`);
      // Rows are written with a checkpoint, or not at all. Queries read on.
      if (exists) await client.query(`lock table ${place}.checkpoints in share row exclusive mode`);
      const wereLost = await drain(
        exists ? { checkpoints: await checkpointsIn(client, place), reach: await reachOf(client, place) } : undefined,
      );
      // Made while the models were built.
      await checkReaders(client, place, beside);
      await client.query(copiedGrants(place, beside));
      if (wereLost) await markLost(client, place);
      else if (exists) await markPutAway(client, place, await reachOf(client, beside));
      const former = await putAway(client, place);
      await client.query(`alter schema ${beside} rename to ${place}; drop table ${place}.rebuild`);
      return former;
    });
  }

  /** Of what is built: what another version has begun is no beginning of it. */
  private version(of: string): string {
    const { tables, indexes = [] } = this.options;
    return createHash("sha256")
      .update(JSON.stringify([of, tables, indexes]))
      .digest("hex");
  }
}

async function versionIn(client: PoolClient, schema: string): Promise<string | undefined> {
  if (!(await isThere(client, `${schema}.rebuild`))) return undefined;
  const { rows } = await client.query<{ version: string }>(`select version from ${schema}.rebuild`);
  return rows[0]?.version;
}
