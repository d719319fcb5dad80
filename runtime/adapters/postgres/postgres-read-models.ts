import type { Pool, PoolClient, QueryResultRow } from "pg";
import type { Reading } from "../../event-store/event-store";
import { comparePositions, type Position, positionOf } from "../../event-store/position";
import { Failures } from "../../failures";
import {
  CheckpointMovedError,
  type Move,
  type Partition,
  PartitionsDifferError,
  type ReadModels,
  ReadModelsUnavailableError,
} from "../../read-models/read-models";
import { storable } from "../../text";
import { BulkRows, RowsNotNewError } from "./bulk-rows";
import {
  addPartitions,
  type CheckpointRow,
  checkPartitions,
  createCheckpoints,
  selectCheckpoints,
} from "./checkpoint-table";
import { checkWritable, onConnection, transacted } from "./connection";
import { moveCheckpoint } from "./moved-checkpoint";
import { checkServerSettings } from "./server-settings";
import type { SqlTransaction } from "./sql-transaction";
import { isTransient } from "./transient-errors";

export type { SqlTransaction };

export interface PostgresReadModelsOptions {
  /** The primary, whom projections write to; the read models' own, ended at its close. */
  readonly primary: Pool;
  /** Whom queries ask, in turn; ended at its close. @default - the primary */
  readonly replicas?: readonly Pool[];
  /** Schema of the checkpoints, and the one in which statements find their tables. @default "read_models" */
  readonly schema?: string;
  /** Whether most rows that are put are new, as they are when models are built anew. @default false */
  readonly bulk?: boolean;
}

const SCHEMA = /^[a-z_][a-z0-9_]{0,62}$/;
/** A replica that failed is asked again after so long, unless all have. */
const REST_MS = 5000;

/** Read models in PostgreSQL, version 13 or later. */
export class PostgresReadModels implements ReadModels<SqlTransaction> {
  /** Of the primary and of each replica, also where another one answered instead. */
  readonly failures = new Failures();
  private readonly primary: Pool;
  private readonly readers: readonly { readonly pool: Pool; restsUntil: number }[];
  private readonly schema: string;
  private readonly bulk: BulkRows | undefined;
  private readonly prepared = new WeakSet<PoolClient>();
  private next = 0;

  /** @throws {RangeError} for a schema's name that can't be. */
  constructor({ primary, replicas = [], schema = "read_models", bulk = false }: PostgresReadModelsOptions) {
    if (!SCHEMA.test(schema)) throw new RangeError(`schema: must be ${SCHEMA.source}, got ${schema}`);
    this.primary = primary;
    this.schema = schema;
    this.bulk = bulk ? new BulkRows() : undefined;
    this.readers = (replicas.length > 0 ? replicas : [primary]).map((pool) => ({ pool, restsUntil: 0 }));
  }

  private get table(): string {
    return `${this.schema}.checkpoints`;
  }

  private get pools(): readonly Pool[] {
    return [...new Set([this.primary, ...this.readers.map(({ pool }) => pool)])];
  }

  /**
   * Makes the schema and its checkpoints, then what `statements` say of tables, where they aren't there yet.
   * @throws {SettingsError} for settings of the server that it can't work with.
   */
  async migrate(statements: readonly string[] = [], { signal }: Reading = {}): Promise<void> {
    await this.guarded(signal, () =>
      onConnection(this.primary, signal, (client) => checkServerSettings(client, "copy")),
    );
    await this.inTransaction(async ({ query }) => {
      // Several workers start at once, and PostgreSQL's "if not exists" is no lock.
      await query("select pg_advisory_xact_lock(hashtext($1))", [`${this.schema} migration`]);
      await query(`create schema if not exists ${this.schema}`);
      await query(createCheckpoints(this.table));
      const columns = await query(
        "select 1 from pg_attribute where attrelid = $1::regclass and attname = 'partitions' and not attisdropped",
        [this.table],
      );
      // Asked before, for the statement waits for everybody even where there is nothing to do.
      if (columns.length === 0) await query(addPartitions(this.table));
      for (const statement of statements) await query(statement);
    }, signal);
  }

  /** Rows, from one of the replicas; the next is asked where one fails. */
  async query<Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
    { signal }: Reading = {},
  ): Promise<readonly Row[]> {
    let failure: unknown;
    for (const reader of this.readersInTurn()) {
      signal?.throwIfAborted();
      try {
        const rows = await this.onConnection(reader.pool, signal, (client) => rowsOf<Row>(client, text, values));
        reader.restsUntil = 0;
        return rows;
      } catch (error) {
        signal?.throwIfAborted();
        if (!isTransient(error)) throw error;
        reader.restsUntil = performance.now() + REST_MS;
        this.failures.report();
        failure = error;
      }
    }
    throw new ReadModelsUnavailableError(failure);
  }

  async checkpoints(
    projection: string,
    partitions: number,
    { signal }: Reading = {},
  ): Promise<ReadonlyMap<number, Position>> {
    // The primary's: a replica may not have the last ones yet.
    const rows = await this.guarded(signal, () =>
      this.onConnection(this.primary, signal, (client) =>
        rowsOf<CheckpointRow>(
          client,
          `${selectCheckpoints(this.table)} where projection = $1 order by partition desc`,
          [projection],
        ),
      ),
    );
    for (const row of rows) checkPartitions(row, partitions);
    return new Map(rows.map(({ partition, position }) => [partition, positionOf(position)]));
  }

  async project(
    partition: Partition,
    move: Move,
    write: (transaction: SqlTransaction) => Promise<void>,
    { signal }: Reading = {},
  ): Promise<void> {
    const { from, to } = move;
    if (from !== undefined && comparePositions(to, from) <= 0) throw new RangeError("to: must be after from");
    await this.inTransaction(async (transaction) => {
      await moveCheckpoint(transaction, this.table, partition, move);
      await write(transaction);
    }, signal);
  }

  /** Whether rows could be written now. @throws {ReadModelsUnavailableError} also where the primary's name leads to a standby. */
  checkWritable({ signal }: Reading = {}): Promise<void> {
    return this.guarded(signal, () => onConnection(this.primary, signal, checkWritable));
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    await Promise.all(this.pools.map((pool) => pool.end()));
  }

  private readersInTurn() {
    this.next = (this.next + 1) % this.readers.length;
    const inTurn = [...this.readers.slice(this.next), ...this.readers.slice(0, this.next)];
    const now = performance.now();
    // Those that rest are asked last: they may be the only ones.
    return [...inTurn.filter((it) => it.restsUntil <= now), ...inTurn.filter((it) => it.restsUntil > now)];
  }

  /** Tables are found by their names, so that the same statements serve models that are built beside these. */
  private onConnection<Result>(
    pool: Pool,
    signal: AbortSignal | undefined,
    ask: (client: PoolClient) => Promise<Result>,
  ): Promise<Result> {
    return onConnection(pool, signal, async (client) => {
      if (!this.prepared.has(client)) {
        await client.query(`set search_path to ${this.schema}`);
        // Rows that are not on the disk yet when the server dies are made again: their checkpoint is not there either.
        if (this.bulk !== undefined) await client.query("set synchronous_commit to off");
        this.prepared.add(client);
      }
      return ask(client);
    });
  }

  private async inTransaction(
    work: (transaction: SqlTransaction) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<void> {
    try {
      await this.transact(work, signal);
    } catch (error) {
      // Once for each table whose rows are not all new: it costs less than a savepoint in each transaction.
      if (!(error instanceof RowsNotNewError)) throw error;
      await this.inTransaction(work, signal);
    }
  }

  private transact(work: (transaction: SqlTransaction) => Promise<void>, signal?: AbortSignal): Promise<void> {
    const { bulk } = this;
    return this.guarded(signal, () =>
      this.onConnection(this.primary, signal, (client) =>
        transacted(client, () =>
          work({
            query: (text, values) => rowsOf(client, text, values?.map(storableValue)),
            ...(bulk && { putNew: (rows) => bulk.put(client, rows) }),
          }),
        ),
      ),
    );
  }

  private async guarded<Result>(signal: AbortSignal | undefined, ask: () => Promise<Result>): Promise<Result> {
    signal?.throwIfAborted();
    try {
      return await ask();
    } catch (error) {
      signal?.throwIfAborted();
      // They name their projection, which may be called after a connection.
      if (error instanceof CheckpointMovedError || error instanceof PartitionsDifferError) throw error;
      if (!isTransient(error)) throw error;
      this.failures.report();
      throw new ReadModelsUnavailableError(error);
    }
  }
}

/** As rows of `tableProjection`: what PostgreSQL can't keep must not stop a projection. */
const storableValue = (value: unknown): unknown => (typeof value === "string" ? storable(value) : value);

async function rowsOf<Row extends QueryResultRow>(
  client: PoolClient,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  return (await client.query<Row>({ text, values: [...values] })).rows;
}
