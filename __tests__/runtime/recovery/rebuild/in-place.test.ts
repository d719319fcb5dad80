import { setTimeout as wait } from "node:timers/promises";
import { PostgresEventLog } from "../../../../runtime/adapters/postgres/postgres-event-log";
import type { PostgresEventStore } from "../../../../runtime/adapters/postgres/postgres-event-store";
import { PostgresModelCheck } from "../../../../runtime/adapters/postgres/postgres-model-check";
import { PostgresReadModels } from "../../../../runtime/adapters/postgres/postgres-read-models";
import { PostgresRebuildInPlace } from "../../../../runtime/adapters/postgres/postgres-rebuild-in-place";
import { ProjectionWorker } from "../../../../runtime/projections/projection-worker";
import { verifyModels } from "../../../../runtime/recovery/verify/verify-models";
import { poolOn } from "../../../support/runtime/read-models-on";
import { postgresOfSuite } from "../../../support/servers/postgres-of-suite";
import { storeOn } from "../../../support/servers/postgres-store";
import { whyNoPostgres } from "../../../support/servers/running-postgres";
import { newEvents } from "../../event-store/events";
import { rebuildTotals, silent, type TotalsOptions, type TotalsPlace } from "./rebuilt-totals";
import { streamTotals, TOTALS } from "./stream-totals";

const why = whyNoPostgres();
const PARTITIONS = 8;

(why === undefined ? describe : describe.skip)(`a rebuild in place${why ? `, skipped: ${why}` : ""}`, () => {
  const own = postgresOfSuite();
  let store: PostgresEventStore;

  beforeAll(async () => {
    store = await storeOn(own.server, "event_store");
    await store.append("order-1", newEvents(3), "any");
  });
  afterAll(() => store.close());

  const rebuilt = (place: Partial<TotalsPlace> = {}, options: TotalsOptions = {}) =>
    rebuildTotals(
      { pool: own.pool, loading: poolOn(own.server), ...place },
      { events: new PostgresEventLog({ pool: own.pool }), store, partitions: PARTITIONS, ...options },
      PostgresRebuildInPlace,
    );

  describe("of other forms", () => {
    /** As long as PostgreSQL keeps names. */
    const schema = "models_".padEnd(63, "m");
    const MOOD = `do $$ begin create type mood as enum ('glad'); exception when duplicate_object then null; end $$`;
    const totals = (type: string) => TOTALS.replace(/\)$/, `, mood ${type} not null default 'glad')`);
    const rows = async () => (await own.pool.query(`select total, mood::text from ${schema}.totals`)).rows;
    afterEach(() => own.pool.query(`drop schema ${schema} cascade`));

    test("builds tables anew that have an enum of their schema, and clears none that have a text instead", async () => {
      for (let time = 0; time < 2; time++) await rebuilt({ schema, tables: [MOOD, totals("mood")] });
      expect(await rows()).toEqual([{ total: 3, mood: "glad" }]);
      await expect(rebuilt({ schema, tables: [totals("text")] })).rejects.toThrow(
        `${schema}.totals: is of another form`,
      );
      expect(await rows()).toEqual([{ total: 3, mood: "glad" }]);
    });

    test("has the indexes that the code makes now", async () => {
      await rebuilt({ schema, indexes: ["create index if not exists by_total on totals (total)"] });
      await rebuilt({ schema, indexes: ["create index if not exists by_total on totals (total, revision)"] });
      const { rows } = await own.pool.query("select pg_get_indexdef($1::regclass) as form", [`${schema}.by_total`]);
      expect(rows).toEqual([{ form: `CREATE INDEX by_total ON ${schema}.totals USING btree (total, revision)` }]);
    });
  });

  describe("among others", () => {
    const rows = async () =>
      (await own.pool.query("select stream, total from read_models.totals order by stream")).rows;
    afterEach(() => own.pool.query("drop schema read_models cascade"));

    /** Dies when all rows are there. */
    async function died(): Promise<void> {
      const report = (stage: string): void => {
        if (stage === "models completed") throw new Error("died");
      };
      await expect(rebuilt({}, { report })).rejects.toThrow("died");
    }

    test("clears no table that the projections do not make", async () => {
      await rebuilt();
      await own.pool.query("create table read_models.settings as select 1 as kept");
      await rebuilt();
      expect((await own.pool.query("select kept from read_models.settings")).rows).toEqual([{ kept: 1 }]);
    });

    test("is no sound model while it is half of one", async () => {
      await died();
      const check = new PostgresModelCheck({ pool: own.pool, loading: poolOn(own.server), tables: [TOTALS] });
      const { findings } = await verifyModels({
        ...{ events: new PostgresEventLog({ pool: own.pool }), projections: [streamTotals], check, log: silent },
        ...{ partitions: PARTITIONS, parallelism: 2, head: await store.head(), signal: new AbortController().signal },
      });
      await check.close();
      expect(findings).toMatchObject([{ kind: "models unfinished", where: "read_models" }]);
    }, 30_000);

    test("goes on with nothing that projections have been writing to since it died", async () => {
      await died();
      await store.append("order-2", newEvents(2), "any");
      const readModels = new PostgresReadModels({ primary: poolOn(own.server) });
      const settings = { workers: 1, index: 0, partitions: PARTITIONS, parallelism: 2 };
      const worker = new ProjectionWorker({ projection: streamTotals, store, readModels, settings, log: silent });
      worker.start();
      while ((await rows()).length < 2) await wait(20);
      await worker.stop();
      await readModels.close();
      await own.pool.query("update read_models.totals set total = 77 where stream = 'order-1'");
      await rebuilt();
      expect(await rows()).toEqual([
        { stream: "order-1", total: 3 },
        { stream: "order-2", total: 2 },
      ]);
    }, 30_000);
  });
});
