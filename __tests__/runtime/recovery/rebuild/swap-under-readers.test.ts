import { setTimeout as wait } from "node:timers/promises";
import type { Pool } from "pg";
import { swapBack } from "../../../../runtime/adapters/postgres/model-generations";
import { PostgresEventLog } from "../../../../runtime/adapters/postgres/postgres-event-log";
import type { PostgresEventStore } from "../../../../runtime/adapters/postgres/postgres-event-store";
import { PostgresReadModels, type SqlTransaction } from "../../../../runtime/adapters/postgres/postgres-read-models";
import { PostgresRebuild } from "../../../../runtime/adapters/postgres/postgres-rebuild";
import { ProjectionWorker } from "../../../../runtime/projections/projection-worker";
import { rebuild } from "../../../../runtime/recovery/rebuild/rebuild";
import { poolOn } from "../../../support/runtime/read-models-on";
import { storeOn } from "../../../support/servers/postgres-store";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../support/servers/running-postgres";
import { bySchedule } from "../../../support/test-run/nightly";
import { newEvents } from "../../event-store/events";
import { Readers } from "./readers";
import { streamTotals, TOTALS } from "./stream-totals";

const why = whyNoPostgres();
const PARTITIONS = 8;
const STREAMS = 40;
const SWAPS = bySchedule({ always: 2, nightly: 5 });
/** Of all readers together, during each swap: many have to be under way in each moment of it. */
const LEAST_READS = 200;
/** The same columns in another order, of other types, and one that there was not. */
const OTHER_TOTALS = `create table if not exists totals
  (note text default 'none', revision bigint not null, total numeric not null, stream varchar(200) primary key)`;

(why === undefined ? describe : describe.skip)(`models that are swapped${why ? `, skipped: ${why}` : ""}`, () => {
  let server: RunningPostgres;
  let pool: Pool;
  let store: PostgresEventStore;
  let models: PostgresReadModels;
  let worker: ProjectionWorker<SqlTransaction>;
  let readers: Readers;
  let appended = 0;
  let writing: Promise<void>;
  let isEnded = false;
  const silent = { info: () => {}, warn: () => {}, error: () => {} };

  beforeEach(async () => {
    server = await startPostgres();
    pool = poolOn(server);
    store = await storeOn(server, "event_store");
    models = new PostgresReadModels({ primary: poolOn(server) });
    await models.migrate([TOTALS]);
    [appended, isEnded] = [0, false];
    for (let stream = 0; stream < STREAMS; stream++) await append(stream, 20);
    const settings = { workers: 1, index: 0, partitions: PARTITIONS, parallelism: 4 };
    worker = new ProjectionWorker({
      ...{ projection: streamTotals, store, readModels: models, settings, log: silent },
      ...{ checkpointMs: 50, retryMs: 5, retryStoppedMs: 100 },
    });
    worker.start();
    await untilAllAreWritten();
    readers = new Readers(server);
    readers.haveAtLeast(STREAMS);
    writing = write();
  }, 60_000);

  afterEach(async () => {
    isEnded = true;
    await writing;
    await worker.stop();
    await Promise.all([models.close(), store.close(), pool.end()]);
    await server.stop();
  }, 60_000);

  async function append(stream: number, events: number): Promise<void> {
    await store.append(`order-${stream}`, newEvents(events), "any");
    appended += events;
  }

  /** Events keep coming. */
  async function write(): Promise<void> {
    for (let number = 0; !isEnded; number++) {
      await append(number % STREAMS, 1 + (number % 3));
      await wait(5);
    }
  }

  const written = async () =>
    Number((await models.query<{ sum: string }>("select coalesce(sum(total), 0)::text as sum from totals"))[0]?.sum);
  async function untilAllAreWritten(): Promise<void> {
    while ((await written()) !== appended) await wait(20);
  }
  const currentTable = async () =>
    `${(await pool.query<{ oid: string }>("select 'read_models.totals'::regclass::oid::text as oid")).rows[0]?.oid}`;

  async function rebuilt(table = TOTALS): Promise<void> {
    const target = new PostgresRebuild({ pool, loading: poolOn(server), tables: [table] });
    const report = (stage: string) => stage === "projections held" && readers.mayMove();
    await rebuild({
      ...{ events: new PostgresEventLog({ pool }), store, projections: [streamTotals], target, log: silent, report },
      ...{ partitions: PARTITIONS, parallelism: 4 },
    });
    readers.areIn(await currentTable());
    await target.close();
  }

  /** All readers and all events are done; whatever was written twice or never would be there for good. */
  async function checkEnd(): Promise<void> {
    isEnded = true;
    await writing;
    await untilAllAreWritten();
    await readers.end();
    expect(readers.seen).toEqual([]);
    expect(readers.reads).toBeGreaterThan(SWAPS * LEAST_READS);
    expect(worker.stopped).toEqual([]);
  }

  test("show neither an error nor a former row to anybody, however he reads", async () => {
    readers.query(8);
    await readers.prepared(8);
    await readers.transactions(4, "read committed");
    await readers.transactions(4, "repeatable read");
    for (let swap = 0; swap < SWAPS; swap++) await rebuilt();
    await checkEnd();
  }, 120_000);

  test("may have columns of another form each time", async () => {
    readers.query(8);
    await readers.prepared(8);
    await readers.transactions(4, "read committed");
    for (let swap = 0; swap < SWAPS; swap++) await rebuilt(swap % 2 === 0 ? OTHER_TOTALS : TOTALS);
    await checkEnd();
  }, 120_000);

  test("go back to the former ones while they are read", async () => {
    readers.query(8);
    await readers.prepared(8);
    await rebuilt();
    for (let turn = 0; turn < SWAPS; turn++) {
      readers.mayGoBack();
      await swapBack(pool, "read_models", { store });
      readers.areIn(await currentTable());
      await wait(200);
    }
    await checkEnd();
  }, 120_000);
});
