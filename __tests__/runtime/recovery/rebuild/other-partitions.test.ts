import { setTimeout as wait } from "node:timers/promises";
import { swapBack } from "../../../../runtime/adapters/postgres/model-generations";
import { PostgresEventLog } from "../../../../runtime/adapters/postgres/postgres-event-log";
import type { PostgresEventStore } from "../../../../runtime/adapters/postgres/postgres-event-store";
import { PostgresModelCheck } from "../../../../runtime/adapters/postgres/postgres-model-check";
import { PostgresModelDump } from "../../../../runtime/adapters/postgres/postgres-model-dump";
import { PostgresReadModels, type SqlTransaction } from "../../../../runtime/adapters/postgres/postgres-read-models";
import { PostgresRebuildInPlace } from "../../../../runtime/adapters/postgres/postgres-rebuild-in-place";
import type { EventLog } from "../../../../runtime/event-store/event-batches";
import { ProjectionWorker } from "../../../../runtime/projections/projection-worker";
import { PartitionsDifferError } from "../../../../runtime/read-models/read-models";
import { verifyModels } from "../../../../runtime/recovery/verify/verify-models";
import { poolOn } from "../../../support/runtime/read-models-on";
import { postgresOfSuite } from "../../../support/servers/postgres-of-suite";
import { storeOn } from "../../../support/servers/postgres-store";
import { whyNoPostgres } from "../../../support/servers/running-postgres";
import { newEvents } from "../../event-store/events";
import { rebuildTotals, silent, TARGETS, type Target } from "./rebuilt-totals";
import { streamTotals, TOTALS } from "./stream-totals";

const why = whyNoPostgres();
const STREAMS = 40;
const [FORMER, NEW] = [8, 20];

(why === undefined ? describe : describe.skip)(`models of other partitions${why ? `, skipped: ${why}` : ""}`, () => {
  const own = postgresOfSuite();
  let store: PostgresEventStore;
  let models: PostgresReadModels;
  let schema: string;
  let schemas = 0;
  let appended: number;
  const running: ProjectionWorker<SqlTransaction>[] = [];
  const errors: string[] = [];
  const log = { ...silent, error: (_: object, message: string) => void errors.push(message) };

  beforeEach(async () => {
    schema = `models_${++schemas}`;
    store = await storeOn(own.server, `events_${schemas}`);
    models = new PostgresReadModels({ primary: poolOn(own.server), schema });
    await models.migrate([TOTALS]);
    appended = 0;
    errors.length = 0;
    await append();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((each) => each.stop()));
    await Promise.all([models.close(), store.close()]);
  });

  async function append(): Promise<void> {
    for (let stream = 0; stream < STREAMS; stream++) await store.append(`order-${stream}`, newEvents(3), "any");
    appended += 3 * STREAMS;
  }
  function started(partitions: number) {
    const settings = { workers: 1, index: 0, partitions, parallelism: 4 };
    const worker = new ProjectionWorker({
      ...{ projection: streamTotals, store, readModels: models, settings, log },
      ...{ checkpointMs: 50, retryMs: 5, retryStoppedMs: 200 },
    });
    running.push(worker);
    worker.start();
    return worker;
  }
  const rebuilt = (
    partitions: number,
    target?: Target,
    events: EventLog = new PostgresEventLog({ pool: own.pool, schema: `events_${schemas}` }),
  ) => rebuildTotals({ pool: own.pool, loading: poolOn(own.server), schema }, { events, store, partitions }, target);
  const found = async () =>
    (
      await models.query<{ events: number; wrong: number }>(
        "select sum(total)::int as events, count(*) filter (where total <> revision + 1)::int as wrong from totals",
      )
    )[0];
  const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await isSo())) await wait(20);
  };
  const untilAllAreWritten = () => until(async () => (await found())?.events === appended);
  const untilRefused = (kept: number, got: number) =>
    until(() => errors.some((each) => each.startsWith(new PartitionsDifferError("totals", kept, got).message)));

  test.each(Object.entries(TARGETS))(
    "are built %s while a worker of the former number runs: it stops, and one of the new number goes on",
    async (_, Target) => {
      const former = started(FORMER);
      await untilAllAreWritten();
      await rebuilt(NEW, Target);
      await append();
      await untilRefused(NEW, FORMER);
      expect(await found()).toEqual({ events: appended - 3 * STREAMS, wrong: 0 });
      expect(() => former.checkpoints).toThrow(PartitionsDifferError);
      started(NEW);
      await untilAllAreWritten();
      await wait(500);
      expect(await found()).toEqual({ events: appended, wrong: 0 });
      await expect(models.checkpoints("totals", NEW)).resolves.toHaveProperty("size", NEW);
    },
    60_000,
  );

  test("are swapped back: workers of the one number stop, and those of the other go on by themselves", async () => {
    const former = started(FORMER);
    await untilAllAreWritten();
    await rebuilt(NEW);
    const newer = started(NEW);
    await append();
    await untilAllAreWritten();
    await untilRefused(NEW, FORMER);
    await swapBack(own.pool, schema, { store });
    // A worker that has written all events learns of other models with the next one.
    await append();
    await untilRefused(FORMER, NEW);
    await untilAllAreWritten();
    expect(await found()).toEqual({ events: appended, wrong: 0 });
    expect(former.checkpoints).toHaveLength(FORMER);
    expect(() => newer.checkpoints).toThrow(PartitionsDifferError);
    expect([former.stopped, newer.stopped]).toEqual([[], []]);
  }, 60_000);

  test("may be those of before the number was kept, to which is swapped back as well", async () => {
    await rebuilt(FORMER);
    await own.pool.query(`alter table ${schema}.checkpoints drop column partitions`);
    await rebuilt(FORMER);
    await swapBack(own.pool, schema, { store });
    await append();
    started(FORMER);
    await untilAllAreWritten();
    await expect(models.checkpoints("totals", NEW)).rejects.toThrow(PartitionsDifferError);
  }, 60_000);

  test("are not built on what a worker of another number has begun meanwhile, and the next rebuild begins anew", async () => {
    const sound = new PostgresEventLog({ pool: own.pool, schema: `events_${schemas}` });
    const events: EventLog = {
      readBatches: async function* (...of) {
        const partition = { projection: "totals", number: 0, of: FORMER };
        const move = { from: undefined, to: { major: 1n, minor: 1n } };
        await models.project(partition, move, async () => {});
        yield* sound.readBatches(...of);
      },
    };
    const refused = new PartitionsDifferError("totals", FORMER, NEW);
    await expect(rebuilt(NEW, PostgresRebuildInPlace, events)).rejects.toThrow(refused);
    await rebuilt(NEW, PostgresRebuildInPlace);
    expect(await found()).toEqual({ events: appended, wrong: 0 });
  }, 60_000);

  test("are compared with their own number alone, and no table is left of another's", async () => {
    await rebuilt(FORMER);
    const verified = async (partitions: number) => {
      const check = new PostgresModelCheck({ pool: own.pool, loading: poolOn(own.server), schema, tables: [TOTALS] });
      const events = new PostgresEventLog({ pool: own.pool, schema: `events_${schemas}` });
      const { signal } = new AbortController();
      const of = { events, projections: [streamTotals], check, partitions, parallelism: 2, log: silent, signal };
      try {
        return await verifyModels({ ...of, head: await store.head() });
      } finally {
        await check.close();
      }
    };
    expect(await verified(FORMER)).toMatchObject({ findings: [], tables: 1, rows: STREAMS });
    await expect(verified(NEW)).rejects.toThrow(new PartitionsDifferError("totals", FORMER, NEW));
    const beside = await own.pool.query("select from pg_namespace where nspname = $1", [`${schema}_check`]);
    expect(beside.rows).toEqual([]);
  }, 60_000);

  test("are backed up with their number, where it is known", async () => {
    await rebuilt(FORMER);
    const backedUp = () =>
      new PostgresModelDump({ pool: own.pool, schema }).snapshot(async ({ checkpoints }) =>
        checkpoints.map(({ partitions }) => partitions),
      );
    expect(await backedUp()).toEqual(Array.from({ length: FORMER }, () => FORMER));
    await own.pool.query(`alter table ${schema}.checkpoints drop column partitions`);
    expect(await backedUp()).toEqual(Array.from({ length: FORMER }, () => undefined));
  }, 60_000);

  test("that a rebuild in place has left half done are nothing to go back to", async () => {
    await rebuilt(FORMER);
    await rebuilt(FORMER);
    const died: EventLog = {
      readBatches: () => {
        throw new Error("died");
      },
    };
    await expect(rebuilt(FORMER, PostgresRebuildInPlace, died)).rejects.toThrow("died");
    await rebuilt(FORMER);
    const { rows } = await own.pool.query<{ name: string }>(
      "select nspname::text as name from pg_namespace where nspname like $1 order by 1",
      [`${schema}_before_%`],
    );
    const [, whole, half] = rows.map(({ name }) => name);
    await expect(swapBack(own.pool, schema, { former: half, store })).rejects.toThrow(
      new RegExp(`^former: must be one of .*, got ${half}; ${half} is half of what a rebuild in place was to make$`),
    );
    expect(await found()).toEqual({ events: appended, wrong: 0 });
    expect(await swapBack(own.pool, schema, { store })).toMatchObject({ former: whole });
    expect(await found()).toEqual({ events: appended, wrong: 0 });
  }, 60_000);
});
