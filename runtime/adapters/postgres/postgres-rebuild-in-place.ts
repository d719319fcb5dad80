import type { Pool } from "pg";
import type { Reading } from "../../event-store/event-store";
import type { LastEvent } from "../../recovery/backup/manifest";
import type { FormerModels, RebuildTarget } from "../../recovery/rebuild/rebuild-target";
import { inTransaction, onConnection } from "./connection";
import { checkSchema } from "./event-table";
import { isThere } from "./is-there";
import { isWithin, markReach } from "./models-reach";
import { PostgresReadModels, type SqlTransaction } from "./postgres-read-models";
import { prepareTables } from "./prepared-tables";
import { schemaLock } from "./schema-lock";
import { checkForms } from "./table-forms";
import type { WorkLock } from "./work-lock";

export interface PostgresRebuildInPlaceOptions {
  /** Of the primary, with two connections or more; its maker's to end. */
  readonly pool: Pool;
  /** Others of the primary, as many as partitions are worked on at a time; ended at the close. */
  readonly loading: Pool;
  /** @default "read_models" */
  readonly schema?: string;
  readonly tables: readonly string[];
  /** @default - none */
  readonly indexes?: readonly string[];
}

const LOCK_MS = 10_000;

/**
 * Clears read models and builds them where they are: readers see half of them until all is done, and there is nothing to go
 * back to. For where there is no room for two.
 */
export class PostgresRebuildInPlace implements RebuildTarget<SqlTransaction> {
  readonly place: string;
  readonly next: PostgresReadModels;
  private readonly lock: WorkLock;

  /** @throws {RangeError} for a schema's name that can't be. */
  constructor(private readonly options: PostgresRebuildInPlaceOptions) {
    this.place = checkSchema(options.schema ?? "read_models");
    this.lock = schemaLock(options.pool, this.place);
    this.next = new PostgresReadModels({ primary: options.loading, schema: this.place, bulk: true });
  }

  async begin(
    models: string,
    isInLog: (last: LastEvent) => Promise<boolean>,
    { signal }: Reading = {},
  ): Promise<boolean> {
    const { place } = this;
    const { tables, indexes = [] } = this.options;
    const of = JSON.stringify([models, tables, indexes]);
    await this.lock.take(signal);
    await this.next.migrate(tables, { signal });
    // Before anything is cleared: rows that can't be written are no rows to be without.
    const made = await checkForms(this.options.pool, place, tables, signal);
    return inTransaction(this.options.pool, signal, async (client) => {
      await client.query(`set local lock_timeout = ${LOCK_MS}`);
      await client.query(`lock table ${place}.checkpoints in share row exclusive mode`);
      // Left by one that died: what it has built is gone on with, if it was to be the same.
      if (await isThere(client, `${place}.rebuild`)) {
        const { rows } = await client.query<{ of: string }>(`select of from ${place}.rebuild`);
        if (rows[0]?.of === of && (await isWithin(client, place, isInLog))) return true;
        await client.query(`drop table ${place}.rebuild`);
      }
      // Tables that no projection makes are nobody's to clear.
      const { rows } = await client.query<{ tables: string }>(
        `select string_agg(format('%I.%I', $1::text, relname), ', ') as tables from pg_class
        where relnamespace = $1::regnamespace and relkind in ('r', 'p') and not relispartition and relname = any ($2)`,
        [place, ["checkpoints", ...made]],
      );
      await client.query(`truncate ${rows[0]?.tables}; create table ${place}.rebuild (of text primary key)`);
      await client.query(`insert into ${place}.rebuild values ($1)`, [of]);
      await markReach(client, place, undefined);
      return false;
    });
  }

  async reach(last: LastEvent, { signal }: Reading = {}): Promise<void> {
    await onConnection(this.options.loading, signal, (client) => markReach(client, this.place, last));
  }

  async complete({ signal }: Reading = {}): Promise<void> {
    await prepareTables(this.options.pool, this.place, this.options.indexes ?? [], signal);
  }

  async swap(
    drain: (former: FormerModels | undefined) => Promise<boolean>,
    { signal }: Reading = {},
  ): Promise<undefined> {
    await this.lock.check(signal);
    // There are no others: those that were have been cleared.
    await drain(undefined);
    await onConnection(this.options.pool, signal, (client) => client.query(`drop table ${this.place}.rebuild`));
  }

  async end(isOfUse: boolean): Promise<void> {
    try {
      if (!isOfUse && (await this.lock.isHeld()))
        await this.options.pool.query(`update ${this.place}.rebuild set of = ''`);
    } finally {
      await this.lock.give();
    }
  }

  close(): Promise<void> {
    return this.next.close();
  }
}
