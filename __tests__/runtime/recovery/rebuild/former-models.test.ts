import { dropGenerations, swapBack } from "../../../../runtime/adapters/postgres/model-generations";
import { PostgresEventLog } from "../../../../runtime/adapters/postgres/postgres-event-log";
import type { PostgresEventStore } from "../../../../runtime/adapters/postgres/postgres-event-store";
import { PostgresRebuildInPlace } from "../../../../runtime/adapters/postgres/postgres-rebuild-in-place";
import { schemaLock } from "../../../../runtime/adapters/postgres/schema-lock";
import type { KnownStore } from "../../../../runtime/recovery/backup/last-event";
import { EventStoreReplacedError } from "../../../../runtime/recovery/event-store-replaced-error";
import { SchemaInUseError } from "../../../../runtime/recovery/rebuild/rebuild-target";
import { poolOn } from "../../../support/runtime/read-models-on";
import { postgresOfSuite } from "../../../support/servers/postgres-of-suite";
import { storeOn } from "../../../support/servers/postgres-store";
import { whyNoPostgres } from "../../../support/servers/running-postgres";
import { newEvents } from "../../event-store/events";
import { rebuildTotals, TARGETS, type Target, type TotalsOptions } from "./rebuilt-totals";

const why = whyNoPostgres();
const LOST = "is of another event store, or of this one before it was restored";

(why === undefined ? describe : describe.skip)(`former models${why ? `, skipped: ${why}` : ""}`, () => {
  const own = postgresOfSuite();
  let schema: string;
  let schemas = 0;
  let lost: PostgresEventStore;
  /** As it was before the last two events. */
  let restored: PostgresEventStore;

  beforeEach(async () => {
    schema = `models_${++schemas}`;
    lost = await storeOn(own.server, `lost_${schemas}`);
    restored = await storeOn(own.server, `restored_${schemas}`);
    await lost.append("order-1", newEvents(3), "any");
    await own.pool.query(
      `insert into restored_${schemas}.events overriding system value select * from lost_${schemas}.events`,
    );
    await lost.append("order-1", newEvents(2), "any");
  });
  afterEach(() => Promise.all([restored.close(), lost.close()]));

  function rebuilt(store: PostgresEventStore, { Target, ...options }: { Target?: Target } & TotalsOptions = {}) {
    const place = { pool: own.pool, loading: poolOn(own.server), schema };
    const events = new PostgresEventLog({
      pool: own.pool,
      schema: `${store === lost ? "lost" : "restored"}_${schemas}`,
    });
    return rebuildTotals(place, { events, store, partitions: 4, ...options }, Target);
  }
  const back = (former?: string) => swapBack(own.pool, schema, { former, store: restored });
  /** So that it is no longer behind the one that was lost. */
  const goOn = () => restored.append("order-1", newEvents(5), "any");
  const rows = async () => (await own.pool.query(`select revision::int from ${schema}.totals`)).rows;

  test("that are ahead of the event store are not gone back to, and those before them are", async () => {
    await rebuilt(restored);
    await rebuilt(lost);
    const { former: whole } = await rebuilt(lost).then(() => rebuilt(restored));
    // The third is of the lost store, and so is the second.
    await expect(back(whole)).rejects.toThrow(
      new RegExp(`^former: must be one of \\S+, got ${whole}; .*${whole} ${LOST}`),
    );
    await expect(back()).resolves.toMatchObject({ former: expect.stringContaining(`${schema}_before_`) });
    expect(await rows()).toEqual([{ revision: 2 }]);
  }, 60_000);

  test("are named with the reason where there are no others", async () => {
    await rebuilt(lost);
    const { former, wereOfAnother } = await rebuilt(restored);
    expect(wereOfAnother).toBe(true);
    await expect(back()).rejects.toThrow(
      `former: must be a generation that can be gone back to, and there is none; ${former} ${LOST}`,
    );
    expect(await rows()).toEqual([{ revision: 2 }]);
  }, 60_000);

  test("that were ahead are not gone back to once the event store has as many events again", async () => {
    await rebuilt(lost);
    const { former } = await rebuilt(restored);
    await goOn();
    await expect(back(former)).rejects.toThrow(`${former} ${LOST}`);
  }, 60_000);

  test("that are gone back from while they are ahead are not gone forward to again", async () => {
    await rebuilt(restored);
    await rebuilt(lost);
    const { kept } = await back();
    await goOn();
    await expect(back(kept)).rejects.toThrow(`${kept} ${LOST}`);
  }, 60_000);

  test("that were put away before the event store was restored are not gone back to either", async () => {
    await rebuilt(lost);
    const { former } = await rebuilt(lost);
    await goOn();
    await rebuilt(restored);
    await expect(back(former)).rejects.toThrow(`${former} ${LOST}`);
    await expect(back()).rejects.toThrow("there is none");
  }, 60_000);

  test("are known as lost ones where models were built anew in place", async () => {
    await rebuilt(lost);
    const { former } = await rebuilt(lost);
    await rebuilt(restored, { Target: PostgresRebuildInPlace });
    await goOn();
    await expect(back(former)).rejects.toThrow(`${former} ${LOST}`);
  }, 60_000);

  test("are not gone back to where the same events have other positions", async () => {
    await rebuilt(restored);
    const { former } = await rebuilt(restored);
    await own.pool.query(`update restored_${schemas}.events set transaction_id = transaction_id - 1`);
    await expect(back(former)).rejects.toThrow(`${former} ${LOST}`);
  }, 60_000);

  test("are gone back to with what projections have given them since", async () => {
    await rebuilt(restored);
    await rebuilt(restored);
    await goOn();
    const { former } = await rebuilt(restored);
    const { kept } = await back(former);
    expect(await rows()).toEqual([{ revision: 2 }]);
    await back(kept);
    expect(await rows()).toEqual([{ revision: 7 }]);
  }, 60_000);

  test.each(Object.entries(TARGETS))(
    "of a lost event store that were only begun are no beginning of those of the restored one: %s",
    async (_, Target) => {
      const begun: unknown[] = [];
      const dying = (stage: string, facts: object = {}) => {
        if (stage === "rebuild begun") begun.push("resumed" in facts && facts.resumed);
        if (stage === "models completed") throw new Error("died");
      };
      for (const store of [lost, lost, restored]) {
        await expect(rebuilt(store, { Target, report: dying })).rejects.toThrow("died");
        await goOn();
      }
      expect(begun).toEqual([false, true, false]);
      await rebuilt(restored, { Target });
      expect(await rows()).toEqual([{ revision: 17 }]);
      expect((await own.pool.query(`select total::int from ${schema}.totals`)).rows).toEqual([{ total: 18 }]);
    },
    60_000,
  );

  /** By another, with the name of the one that was lost. */
  const replace = () =>
    own.pool.query(
      `alter schema lost_${schemas} rename to gone_${schemas}; alter schema restored_${schemas} rename to lost_${schemas}`,
    );

  test.each(
    Object.entries(TARGETS).flatMap(([name, Target]) =>
      (["round replayed", "models completed"] as const).map((stage) => [name, stage, Target] as const),
    ),
  )(
    "are not made of a store that is replaced while they are built: %s, after %s",
    async (_, stage, Target) => {
      await rebuilt(restored);
      const replaced: Promise<unknown>[] = [];
      // What is asked next is asked of the other.
      const store: KnownStore = {
        keepsEvents: true,
        lastEvent: () => Promise.all(replaced).then(() => lost.lastEvent()),
        readStream: async function* (...of) {
          await Promise.all(replaced);
          yield* lost.readStream(...of);
        },
      };
      const report = (reached: string) => {
        if (reached === stage && replaced.length === 0) replaced.push(replace());
      };
      await expect(rebuilt(lost, { Target, store, report })).rejects.toThrow(EventStoreReplacedError);
    },
    60_000,
  );

  test("keep their order when the clock is set back", async () => {
    await rebuilt(restored);
    const { former: older } = await rebuilt(restored);
    await own.pool.query(`alter schema ${older} rename to ${schema}_before_20991231t235959999`);
    const { former } = await rebuilt(restored);
    expect(former).toBe(`${schema}_before_21000101t000000000`);
    await dropGenerations(own.pool, schema, 1, undefined);
    expect(await back()).toMatchObject({ former });
  }, 60_000);

  test("take the place of a schema without checkpoints, which is kept, and of none", async () => {
    await rebuilt(restored);
    await own.pool.query(`drop table ${schema}.checkpoints`);
    const { former: damaged } = await rebuilt(restored);
    expect(await rows()).toEqual([{ revision: 2 }]);
    await expect(back(damaged)).rejects.toThrow(`${damaged} is without checkpoints`);
    const { former: whole } = await rebuilt(restored);
    await own.pool.query(`drop table ${schema}.checkpoints`);
    expect(await back()).toMatchObject({ former: whole, kept: expect.stringContaining("_before_") });
    expect(await rows()).toEqual([{ revision: 2 }]);
    const { former: last } = await rebuilt(restored);
    await own.pool.query(`drop schema ${schema} cascade`);
    expect(await back()).toEqual({ former: last, kept: undefined });
  }, 60_000);

  test("are left where they are while models are built", async () => {
    await rebuilt(restored);
    await rebuilt(restored);
    const building = schemaLock(own.pool, schema);
    await building.take(undefined);
    try {
      await expect(back()).rejects.toThrow(SchemaInUseError);
      await expect(dropGenerations(own.pool, schema, 0, undefined)).rejects.toThrow(SchemaInUseError);
    } finally {
      await building.give();
    }
    expect(await dropGenerations(own.pool, schema, 0, undefined)).toHaveLength(1);
  }, 60_000);

  test("are not put away under a view that was made while others were built", async () => {
    await rebuilt(restored);
    const views: Promise<unknown>[] = [];
    const report = (stage: string) => {
      if (stage === "models completed")
        views.push(own.pool.query(`create view public.of_${schema} as select revision from ${schema}.totals`));
    };
    await expect(rebuilt(restored, { report })).rejects.toThrow(`public.of_${schema} would go on with the former`);
    await Promise.all(views);
    await own.pool.query(`drop view public.of_${schema}`);
    expect((await rebuilt(restored)).events).toBe(0);
  }, 60_000);
});
