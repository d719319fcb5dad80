import { performance } from "node:perf_hooks";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Pool, type PoolClient } from "pg";
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
import { eventsOption } from "../events-option";
import { medianOf, say } from "./timing";

const EVENTS = eventsOption(100_000);
const PARTITIONS = 20;
const PARALLELISM = 10;
const SHARE_OF_COPY = 0.25;
/** A rebuild and, beside it, the COPY of what it has built: a busy moment is both's. */
const ROUNDS = 3;
/** Of rows, for one by one takes long. */
const INSERTED = 5_000;
const SILENT = { info: () => {}, warn: console.error, error: console.error };

/** A row for each event and nothing else: what replay itself costs. */
const JOURNAL = {
  tables: [
    "create table if not exists journal (id uuid primary key, stream text not null, type text not null, data text not null)",
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

interface Round {
  readonly seconds: number;
  readonly copied: { readonly rows: number; readonly perSecond: number };
  readonly inserted: number;
}

/**
 * Events that become rows by a rebuild, beside a bare COPY of the same rows into the same tables and a loop of inserts on one
 * connection, all with what the server does by default.
 */
export async function replay(): Promise<void> {
  const postgres = await startLocalPostgres();
  const at = { host: "127.0.0.1", port: postgres.port, database: "postgres", user: "postgres", password: "" };
  const pool = new Pool(at);
  const service = new ReferenceService(at);
  const store = new PostgresEventStore({ pool: postgresPool({ ...at, applicationName: "bench" }) });
  try {
    await service.migrate();
    const events = await loadHistory(pool, service.fields, EVENTS);
    await pool.query("vacuum analyze event_store.events");
    for (const { name, projections, tables } of [
      { name: "a row an event", projections: [JOURNAL.projection], tables: JOURNAL.tables },
      { name: "the orders' models", projections: [orderRows, inventoryRows], tables: TABLES },
    ]) {
      const schema = `bench_${tables.length}`;
      const rounds: Round[] = [];
      for (let round = 0; round < ROUNDS; round++) {
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
          rounds.push({ seconds, copied: await copyRate(client, schema), inserted: await insertRate(client, schema) });
        } finally {
          // With what it believes to be prepared.
          client.release(true);
        }
      }
      const median = (of: (round: Round) => number) => medianOf(rounds.map(of));
      const rows = median(({ copied }) => copied.rows);
      console.log(`rebuild of ${name}: ${events} events, ${rows} rows; medians of ${ROUNDS}`);
      say(
        "  events a second, in all",
        median(({ seconds }) => events / seconds),
        "",
      );
      say(
        "  rows a second by COPY",
        median(({ copied }) => copied.perSecond),
        "",
      );
      say(
        "  rows a second by inserts",
        median(({ inserted }) => inserted),
        "",
      );
      say(
        "  rows of the rebuild, share of COPY",
        median(({ seconds, copied }) => rows / seconds / copied.perSecond),
        "",
      );
      say(
        "  changes of the rebuild, share of COPY",
        median(({ seconds, copied }) => events / seconds / copied.perSecond),
        "",
        {
          atLeast: SHARE_OF_COPY,
        },
      );
    }
  } finally {
    await Promise.all([service.close(), store.close()]);
    await pool.end();
    postgres.stop();
  }
}

const tablesIn = async (client: PoolClient, schema: string): Promise<readonly string[]> =>
  (
    await client.query<{ name: string }>(
      "select relname::text as name from pg_class where relnamespace = $1::regnamespace and relkind = 'r' and relname <> 'checkpoints'",
      [schema],
    )
  ).rows.map(({ name }) => name);

/** Bytes that are there already, into tables of the same form. */
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

/** One statement a row, each a transaction, as a projection without batches would. */
async function insertRate(client: PoolClient, schema: string): Promise<number> {
  let [count, ms] = [0, 0];
  for (const name of await tablesIn(client, schema)) {
    const { rows, fields } = await client.query<Record<string, unknown>>(
      `select * from ${schema}.${name} limit ${INSERTED}`,
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
