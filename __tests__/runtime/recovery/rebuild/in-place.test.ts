import { PostgresEventLog } from "../../../../runtime/adapters/postgres/postgres-event-log";
import type { PostgresEventStore } from "../../../../runtime/adapters/postgres/postgres-event-store";
import { PostgresRebuildInPlace } from "../../../../runtime/adapters/postgres/postgres-rebuild-in-place";
import { postgresOfSuite } from "../../../support/postgres-of-suite";
import { storeOn } from "../../../support/postgres-store";
import { poolOn } from "../../../support/read-models-on";
import { whyNoPostgres } from "../../../support/running-postgres";
import { newEvents } from "../../event-store/events";
import { rebuildTotals } from "./rebuilt-totals";
import { TOTALS } from "./stream-totals";

const why = whyNoPostgres();
/** As long as PostgreSQL keeps names. */
const SCHEMA = "models_".padEnd(63, "m");
const MOOD = `do $$ begin create type mood as enum ('glad'); exception when duplicate_object then null; end $$`;
const totals = (type: string) => TOTALS.replace(/\)$/, `, mood ${type} not null default 'glad')`);

(why === undefined ? describe : describe.skip)(`a rebuild in place${why ? `, skipped: ${why}` : ""}`, () => {
  const own = postgresOfSuite();

  let store: PostgresEventStore;

  beforeAll(async () => {
    store = await storeOn(own.server, "event_store");
    await store.append("order-1", newEvents(3), "any");
  });
  afterAll(() => store.close());
  afterEach(() => own.pool.query(`drop schema ${SCHEMA} cascade`));

  const rebuilt = (tables: readonly string[], indexes: readonly string[] = []) =>
    rebuildTotals(
      { pool: own.pool, loading: poolOn(own.server), schema: SCHEMA, tables, indexes },
      { events: new PostgresEventLog({ pool: own.pool }), store },
      PostgresRebuildInPlace,
    );
  const rows = async () => (await own.pool.query(`select total, mood::text from ${SCHEMA}.totals`)).rows;

  test("builds tables anew that have an enum of their schema, and clears none that have a text instead", async () => {
    for (let time = 0; time < 2; time++) await rebuilt([MOOD, totals("mood")]);
    expect(await rows()).toEqual([{ total: 3, mood: "glad" }]);
    await expect(rebuilt([totals("text")])).rejects.toThrow(`${SCHEMA}.totals: is of another form`);
    expect(await rows()).toEqual([{ total: 3, mood: "glad" }]);
  });

  test("has the indexes that the code makes now", async () => {
    await rebuilt([TOTALS], ["create index if not exists by_total on totals (total)"]);
    await rebuilt([TOTALS], ["create index if not exists by_total on totals (total, revision)"]);
    const { rows } = await own.pool.query("select pg_get_indexdef($1::regclass) as form", [`${SCHEMA}.by_total`]);
    expect(rows).toEqual([{ form: `CREATE INDEX by_total ON ${SCHEMA}.totals USING btree (total, revision)` }]);
  });
});
