import { dropGenerations, swapBack } from "../../../../runtime/adapters/postgres/model-generations";
import { PostgresEventLog } from "../../../../runtime/adapters/postgres/postgres-event-log";
import type { PostgresEventStore } from "../../../../runtime/adapters/postgres/postgres-event-store";
import { schemaLock } from "../../../../runtime/adapters/postgres/schema-lock";
import type { RebuildOptions } from "../../../../runtime/recovery/rebuild/rebuild";
import { SchemaInUseError } from "../../../../runtime/recovery/rebuild/rebuild-target";
import { postgresOfSuite } from "../../../support/postgres-of-suite";
import { storeOn } from "../../../support/postgres-store";
import { poolOn } from "../../../support/read-models-on";
import { whyNoPostgres } from "../../../support/running-postgres";
import { newEvents } from "../../event-store/events";
import { rebuildTotals } from "./rebuilt-totals";

const why = whyNoPostgres();
const AHEAD = "is ahead of the event store, and so of another";

(why === undefined ? describe : describe.skip)(`former models${why ? `, skipped: ${why}` : ""}`, () => {
  const own = postgresOfSuite();
  let schema: string;
  let schemas = 0;
  /** Of one server, so that its events stand before those of the other. */
  let restored: PostgresEventStore;
  let lost: PostgresEventStore;
  let names: { restored: string; lost: string };

  beforeEach(async () => {
    schema = `models_${++schemas}`;
    names = { restored: `restored_${schemas}`, lost: `lost_${schemas}` };
    restored = await storeOn(own.server, names.restored);
    lost = await storeOn(own.server, names.lost);
    await restored.append("order-1", newEvents(3), "any");
    await lost.append("order-1", newEvents(5), "any");
  });
  afterEach(() => Promise.all([restored.close(), lost.close()]));

  function rebuilt(events: string, report?: RebuildOptions<unknown>["report"]) {
    const place = { pool: own.pool, loading: poolOn(own.server), schema };
    return rebuildTotals(place, {
      events: new PostgresEventLog({ pool: own.pool, schema: events }),
      partitions: 4,
      report,
    });
  }
  const back = (former?: string) => swapBack(own.pool, schema, { former, head: () => restored.head() });
  const rows = async () => (await own.pool.query(`select revision::int from ${schema}.totals`)).rows;

  test("that are ahead of the event store are not gone back to, and those before them are", async () => {
    await rebuilt(names.restored);
    await rebuilt(names.lost);
    const { former: whole } = await rebuilt(names.lost).then(() => rebuilt(names.restored));
    // The third is of the lost store, and so is the second.
    await expect(back(whole)).rejects.toThrow(
      new RegExp(`^former: must be one of \\S+, got ${whole}; .*${whole} ${AHEAD}`),
    );
    await expect(back()).resolves.toMatchObject({ former: expect.stringContaining(`${schema}_before_`) });
    expect(await rows()).toEqual([{ revision: 2 }]);
  }, 60_000);

  test("are named with the reason where there are no others", async () => {
    await rebuilt(names.lost);
    const { former, wereAhead } = await rebuilt(names.restored);
    expect(wereAhead).toBe(true);
    await expect(back()).rejects.toThrow(
      `former: must be a generation that can be gone back to, and there is none; ${former} ${AHEAD}`,
    );
    expect(await rows()).toEqual([{ revision: 2 }]);
  }, 60_000);

  test("that were ahead are not gone back to once the event store has as many events again", async () => {
    await rebuilt(names.lost);
    const { former } = await rebuilt(names.restored);
    await restored.append("order-1", newEvents(5), "any");
    await expect(back(former)).rejects.toThrow(`${former} ${AHEAD}`);
  }, 60_000);

  test("that are gone back from while they are ahead are not gone forward to again", async () => {
    await rebuilt(names.restored);
    await rebuilt(names.lost);
    const { kept } = await back();
    await restored.append("order-1", newEvents(5), "any");
    await expect(back(kept)).rejects.toThrow(`${kept} ${AHEAD}`);
  }, 60_000);

  test("are left where they are while models are built", async () => {
    await rebuilt(names.restored);
    await rebuilt(names.restored);
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
    await rebuilt(names.restored);
    const views: Promise<unknown>[] = [];
    const report = (stage: string) => {
      if (stage === "models completed")
        views.push(own.pool.query(`create view public.of_${schema} as select revision from ${schema}.totals`));
    };
    await expect(rebuilt(names.restored, report)).rejects.toThrow(`public.of_${schema} would go on with the former`);
    await Promise.all(views);
    await own.pool.query(`drop view public.of_${schema}`);
    expect((await rebuilt(names.restored)).events).toBe(0);
  }, 60_000);
});
