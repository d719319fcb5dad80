import { setTimeout as wait } from "node:timers/promises";
import { PostgresEventLog } from "../../../../runtime/adapters/postgres/postgres-event-log";
import type { PostgresEventStore } from "../../../../runtime/adapters/postgres/postgres-event-store";
import { PostgresModelCheck } from "../../../../runtime/adapters/postgres/postgres-model-check";
import { PostgresReadModels } from "../../../../runtime/adapters/postgres/postgres-read-models";
import { PostgresRebuildInPlace } from "../../../../runtime/adapters/postgres/postgres-rebuild-in-place";
import { ProjectionWorker } from "../../../../runtime/projections/projection-worker";
import { verifyModels } from "../../../../runtime/recovery/verify/verify-models";
import { postgresOfSuite } from "../../../support/postgres-of-suite";
import { storeOn } from "../../../support/postgres-store";
import { poolOn } from "../../../support/read-models-on";
import { whyNoPostgres } from "../../../support/running-postgres";
import { newEvents } from "../../event-store/events";
import { rebuildTotals, silent, type TotalsOptions } from "./rebuilt-totals";
import { streamTotals, TOTALS } from "./stream-totals";

const why = whyNoPostgres();
const PARTITIONS = 8;

(why === undefined ? describe : describe.skip)(
  `a rebuild in place, among others${why ? `, skipped: ${why}` : ""}`,
  () => {
    const own = postgresOfSuite();
    let store: PostgresEventStore;

    beforeAll(async () => {
      store = await storeOn(own.server, "event_store");
      await store.append("order-1", newEvents(3), "any");
    });
    afterAll(() => store.close());
    afterEach(() => own.pool.query("drop schema read_models cascade"));

    const rebuilt = (report?: TotalsOptions["report"]) =>
      rebuildTotals(
        { pool: own.pool, loading: poolOn(own.server) },
        { events: new PostgresEventLog({ pool: own.pool }), store, partitions: PARTITIONS, report },
        PostgresRebuildInPlace,
      );
    const rows = async () =>
      (await own.pool.query("select stream, total from read_models.totals order by stream")).rows;

    /** Dies when all rows are there. */
    const died = () =>
      expect(
        rebuilt((stage) => {
          if (stage === "models completed") throw new Error("died");
        }),
      ).rejects.toThrow("died");

    test("clears no table that the projections do not make", async () => {
      await rebuilt();
      await own.pool.query("create table read_models.settings as select 1 as kept");
      await rebuilt();
      expect((await own.pool.query("select kept from read_models.settings")).rows).toEqual([{ kept: 1 }]);
    });

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
  },
);
