import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { Pool } from "pg";
import { PostgresEventStore } from "../../runtime/adapters/postgres/postgres-event-store";
import { PostgresReadModels } from "../../runtime/adapters/postgres/postgres-read-models";
import { tableProjection } from "../../runtime/adapters/postgres/table-projection";
import { ProjectionWorker } from "../../runtime/projections/projection-worker";
import { put } from "../../runtime/projections/row-changes";
import { loadEvents, loadedStream } from "./loaded-events";

/** Calls that are under way at the same time: as many as a pool has connections. */
export const AT_A_TIME = 10;
const PER_STREAM = 100;
const PRIME = 7919;
const APPENDS = 2_000;
const STREAM_READS = 300;
/** The last events of a store. */
export const CAUGHT_UP = 10_000;
const PARTITIONS = 10;
/** Events of a page that a subscription reads, and those of a transaction of a projection, as they are by default. */
const [PAGE, BATCH] = [500, 100];
const DATA = Buffer.from(JSON.stringify({ text: "x".repeat(150) }));
const METADATA = { correlationId: "bench", causationId: "bench" };
const SILENT = { info: () => {}, warn: console.error, error: console.error };

/** Runs `count` calls, some at a time. @returns how many a second. */
async function rateOf(count: number, call: (index: number) => Promise<unknown>): Promise<number> {
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < count) await call(next++);
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: AT_A_TIME }, one));
  return (count * 1000) / (performance.now() - begun);
}

/** What the least code for the same rows reaches: a table with the store's columns and indexes, and one prepared statement a call. */
export class BareTable {
  constructor(private readonly pool: Pool) {}

  async prepare(): Promise<void> {
    await this.pool.query(`create table bare (like store_0.events including all);
      create table caught_up (id uuid primary key, stream text not null, data text not null)`);
  }

  /** Single rows a second. */
  async append(): Promise<number> {
    await this.pool.query("truncate bare");
    const text = `insert into bare (transaction_id, stream, revision, id, type, data, metadata)
      values ($1, $2, 0, $3, 'Appended', $4, $5)`;
    return rateOf(APPENDS, (index) =>
      this.pool.query({
        name: "append",
        text,
        values: [index, randomUUID(), randomUUID(), DATA, JSON.stringify(METADATA)],
      }),
    );
  }

  /** Events a second of whole streams of the store with so many events. */
  async readStreams(events: number): Promise<number> {
    const text = `select * from store_${events}.events where stream = $1 order by revision`;
    const read = (index: number) => this.pool.query({ name: "read", text, values: [anyStream(events, index)] });
    return PER_STREAM * (await rateOf(STREAM_READS, read));
  }

  /** Events a second of the store with so many events, page by page into a table with a row for each. */
  async catchUp(events: number): Promise<number> {
    await this.pool.query("truncate caught_up");
    const page = `select * from store_${events}.events where (transaction_id, global_position) > ($1, $2)
      order by transaction_id, global_position limit ${PAGE}`;
    const insert = "insert into caught_up select * from unnest($1::uuid[], $2::text[], $3::text[])";
    const begun = performance.now();
    for (let [read, last] = [0, events - CAUGHT_UP]; read < CAUGHT_UP; read += PAGE, last += PAGE) {
      const { rows } = await this.pool.query({ name: "page", text: page, values: [last, Number.MAX_SAFE_INTEGER] });
      const batches = Array.from({ length: PAGE / BATCH }, (_, index) =>
        rows.slice(index * BATCH, (index + 1) * BATCH),
      );
      const columns = (batch: typeof rows) => [
        batch.map(({ id }) => id),
        batch.map(({ stream }) => stream),
        batch.map(({ data }) => data.toString("utf8")),
      ];
      await Promise.all(
        batches.map((batch) => this.pool.query({ name: "insert", text: insert, values: columns(batch) })),
      );
    }
    return (CAUGHT_UP * 1000) / (performance.now() - begun);
  }
}

/** An event store with so many events, and what is measured with it. */
export class MeasuredStore {
  readonly schema: string;
  private readonly store: PostgresEventStore;
  private readonly models: PostgresReadModels;
  private runs = 0;

  constructor(
    private readonly pool: Pool,
    poolOfStore: () => Pool,
    readonly events: number,
  ) {
    this.schema = `store_${events}`;
    this.store = new PostgresEventStore({ pool: poolOfStore(), schema: this.schema, pollMilliseconds: 10 });
    this.models = new PostgresReadModels({ primary: poolOfStore(), schema: `${this.schema}_models` });
  }

  async prepare(): Promise<void> {
    await this.store.migrate();
    if (this.events > 0) await loadEvents(this.pool, this.schema, { events: this.events, perStream: PER_STREAM });
    await this.store.migrate();
  }

  /** Appends of one event to a stream that is new, a second. An empty store is empty before each run. */
  async append(): Promise<number> {
    if (this.events === 0) await this.pool.query(`truncate ${this.schema}.events`);
    return rateOf(APPENDS, () =>
      this.store.append(
        randomUUID(),
        [{ id: randomUUID(), type: "Appended", data: DATA, metadata: METADATA }],
        "no_stream",
      ),
    );
  }

  /** Events a second of whole streams. */
  async readStreams(): Promise<number> {
    const read = async (index: number): Promise<void> => {
      let count = 0;
      for await (const _ of this.store.readStream(anyStream(this.events, index))) count += 1;
      if (count !== PER_STREAM) throw new Error(`a stream must have ${PER_STREAM} events, got ${count}`);
    };
    return PER_STREAM * (await rateOf(STREAM_READS, read));
  }

  /** Events a second of a projection, with a row for each, that has the last ones of the store to process. */
  async catchUp(): Promise<number> {
    const name = `run-${this.runs++}`;
    const table = `caught_up_${this.runs}`;
    let seen = 0;
    let caughtUp = () => {};
    const isCaughtUp = new Promise<void>((resolve) => {
      caughtUp = resolve;
    });
    const projection = tableProjection({
      name,
      types: ["Loaded"],
      changes: (event) => {
        if (++seen === CAUGHT_UP) caughtUp();
        return [put(table, { id: event.id }, { stream: event.stream, data: Buffer.from(event.data).toString("utf8") })];
      },
    });
    await this.models.migrate([
      `create table ${table} (id uuid primary key, stream text not null, data text not null)`,
    ]);
    const from = { major: BigInt(this.events - CAUGHT_UP), minor: BigInt(Number.MAX_SAFE_INTEGER) };
    for (let number = 0; number < PARTITIONS; number += 1) {
      await this.models.project(
        { projection: name, number, of: PARTITIONS },
        { from: undefined, to: from },
        async () => {},
      );
    }
    const settings = { workers: 1, index: 0, partitions: PARTITIONS, parallelism: AT_A_TIME };
    const worker = new ProjectionWorker({
      projection,
      store: this.store,
      readModels: this.models,
      settings,
      log: SILENT,
    });
    const begun = performance.now();
    worker.start();
    await isCaughtUp;
    await worker.stop();
    const rate = (CAUGHT_UP * 1000) / (performance.now() - begun);
    await this.pool.query(`drop table ${this.schema}_models.${table}`);
    return rate;
  }

  async close(): Promise<void> {
    await Promise.all([this.store.close(), this.models.close()]);
  }
}

/** A stream anywhere in a store, another for each call. */
const anyStream = (events: number, index: number): string => loadedStream((index * PRIME) % (events / PER_STREAM));
