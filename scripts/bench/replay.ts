import { performance } from "node:perf_hooks";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { PoolClient } from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { startLocalPostgres } from "../../examples/orders/local/postgres";
import { inventoryRows, orderRows, TABLES } from "../../examples/orders/read-models";
import { dropGenerations } from "../../runtime/adapters/postgres/model-generations";
import { PostgresEventLog } from "../../runtime/adapters/postgres/postgres-event-log";
import { PostgresEventStore } from "../../runtime/adapters/postgres/postgres-event-store";
import { postgresPool } from "../../runtime/adapters/postgres/postgres-pool";
import { PostgresRebuild } from "../../runtime/adapters/postgres/postgres-rebuild";
import { type TableProjectionProps, tableProjection } from "../../runtime/adapters/postgres/table-projection";
import { put } from "../../runtime/projections/row-changes";
import { rebuild } from "../../runtime/recovery/rebuild/rebuild";
import { loadHistory } from "../drill/history";
import { ReferenceService } from "../drill/reference-service";
import { localPool } from "../local-pool";
import type { Result } from "./gate";
import { medianOf } from "./timing";

const PARTITIONS = 20;
const PARALLELISM = 10;
const SHARE_OF_COPY = 0.25;
/** In a round, each rebuild is followed by the COPY of its rows, so that other work on the machine affects both. */
const ROUNDS = 3;
/** Rows of each table. Single inserts are slow, so that only a long history has the larger number. */
const insertsFor = (events: number): number => (events < 200_000 ? 5_000 : 20_000);
const SILENT = { info: () => {}, warn: console.error, error: console.error };

/** One row for each event, so that the rebuild costs little more than the replay itself. */
const JOURNAL = {
  tables: [
    `create table if not exists journal (
      id uuid primary key, stream text not null, type text not null, data text not null
    )`,
  ],
  projection: tableProjection({
    name: "journal",
    types: [...orderRows.types, ...inventoryRows.types],
    changes: ((event) => [
      put(
        "journal",
        { id: event.id },
        { stream: event.stream, type: event.type, data: Buffer.from(event.data).toString("utf8") },
      ),
    ]) satisfies TableProjectionProps["changes"],
  }),
};

const MODELS = [
  { model: "a row an event", projections: [JOURNAL.projection], tables: JOURNAL.tables },
  { model: "the orders' models", projections: [orderRows, inventoryRows], tables: TABLES },
];

/** Rows of the rebuilt tables; all other values are events or rows a second. */
interface Round {
  readonly rows: number;
  readonly rebuilt: number;
  readonly copied: number;
  readonly inserted: number;
}

/**
 * A rebuild of read models, next to a bare COPY of the same rows into the same tables, and to inserts on one
 * connection. All use the server's defaults. The times are wall time, because PostgreSQL's part is not CPU time of this
 * process. The limit is for the ratio to COPY.
 */
export async function replay(atLeast: number): Promise<readonly Result[]> {
  const postgres = await startLocalPostgres();
  const at = { host: "127.0.0.1", port: postgres.port, database: "postgres", user: "postgres", password: "" };
  const pool = localPool(at);
  const service = new ReferenceService(at);
  const store = new PostgresEventStore({ pool: postgresPool({ ...at, applicationName: "bench" }) });
  try {
    await service.migrate();
    const events = await loadHistory(pool, service.fields, atLeast);
    await pool.query("vacuum analyze event_store.events");
    const results: Result[] = [];
    for (const { model, projections, tables } of MODELS) {
      const schema = `bench_${tables.length}`;
      const rounds: Round[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const target = new PostgresRebuild({
          ...{ pool, tables, schema },
          loading: postgresPool({ ...at, applicationName: "bench", maxConnections: PARALLELISM + 1 }),
        });
        const { seconds } = await rebuild({
          ...{ projections, target, partitions: PARTITIONS, parallelism: PARALLELISM, log: SILENT },
          ...{ events: new PostgresEventLog({ pool }), store },
        });
        await target.close();
        await dropGenerations(pool, schema, 0, undefined);
        const client = await pool.connect();
        try {
          const { rows, perSecond } = await copyRate(client, schema);
          const inserted = await insertRate(client, schema, insertsFor(events));
          rounds.push({ rows, rebuilt: events / seconds, copied: perSecond, inserted });
        } finally {
          // Closes the connection, because it has prepared statements for tables that no longer exist.
          client.release(true);
        }
      }
      results.push(...resultsOf(model, events, rounds));
    }
    return results;
  } finally {
    await Promise.all([service.close(), store.close()]);
    await pool.end();
    await postgres.stop();
  }
}

function resultsOf(model: string, events: number, rounds: readonly Round[]): Result[] {
  const median = (of: (round: Round) => number) => medianOf(rounds.map(of));
  const rowsOf = ({ rows, rebuilt }: Round) => (rows * rebuilt) / events;
  const share = median(({ rebuilt, copied }) => rebuilt / copied);
  return [
    { name: `${model}: rows`, value: median(({ rows }) => rows), unit: `of ${events} events` },
    { name: `${model}: rebuild`, value: median(({ rebuilt }) => rebuilt), unit: "events/s" },
    { name: `${model}: COPY`, value: median(({ copied }) => copied), unit: "rows/s" },
    { name: `${model}: inserts`, value: median(({ inserted }) => inserted), unit: "rows/s" },
    { name: `${model}: rebuild's rows`, value: median((round) => rowsOf(round) / round.copied), unit: "times COPY" },
    { name: `${model}: rebuild's events`, value: share, unit: "times COPY", limit: { atLeast: SHARE_OF_COPY } },
  ];
}

const tablesIn = async (client: PoolClient, schema: string): Promise<readonly string[]> =>
  (
    await client.query<{ name: string }>(
      `select relname::text as name from pg_class
      where relnamespace = $1::regnamespace and relkind = 'r' and relname <> 'checkpoints'`,
      [schema],
    )
  ).rows.map(({ name }) => name);

/** COPY of bytes in memory into new tables with the same definitions. */
async function copyRate(client: PoolClient, schema: string) {
  let [rows, ms] = [0, 0];
  for (const name of await tablesIn(client, schema)) {
    const pieces: Buffer[] = [];
    for await (const piece of client.query(copyTo(`copy ${schema}.${name} to stdout`))) pieces.push(piece);
    await client.query(`create table ${schema}.copied (like ${schema}.${name} including all)`);
    const began = performance.now();
    const copy = client.query(copyFrom(`copy ${schema}.copied from stdin`));
    await pipeline(Readable.from(pieces), copy);
    ms += performance.now() - began;
    rows += copy.rowCount;
    await client.query(`drop table ${schema}.copied`);
  }
  return { rows, perSecond: (rows * 1000) / ms };
}

/** One statement a row, each in its own transaction, like a projection without batches. */
async function insertRate(client: PoolClient, schema: string, most: number): Promise<number> {
  let [count, ms] = [0, 0];
  for (const name of await tablesIn(client, schema)) {
    const { rows, fields } = await client.query<Record<string, unknown>>(
      `select * from ${schema}.${name} limit ${most}`,
    );
    const names = fields.map((field) => field.name);
    const text = `insert into ${schema}.inserted (${names}) values (${names.map((_, index) => `$${index + 1}`)})`;
    await client.query(`create table ${schema}.inserted (like ${schema}.${name} including all)`);
    const values = rows.map((row) =>
      names.map((each) => (typeof row[each] === "object" ? JSON.stringify(row[each]) : row[each])),
    );
    const began = performance.now();
    for (const each of values) await client.query({ name: `insert ${name}`, text, values: each });
    ms += performance.now() - began;
    count += rows.length;
    await client.query(`drop table ${schema}.inserted`);
  }
  return (count * 1000) / ms;
}
