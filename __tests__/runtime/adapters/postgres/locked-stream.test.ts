import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import { PostgresEventStore } from "../../../../runtime/adapters/postgres/postgres-event-store";
import { poolOn } from "../../../support/runtime/read-models-on";
import { postgresOfSuite } from "../../../support/servers/postgres-of-suite";
import { whyNoPostgres } from "../../../support/servers/running-postgres";
import { newEvents } from "../../event-store/events";

const why = whyNoPostgres();
const WRITERS = 3;

(why === undefined ? describe : describe.skip)(`a stream that stays locked${why ? `, skipped: ${why}` : ""}`, () => {
  const own = postgresOfSuite();

  test("is given up by the server before the client, so that nothing piles up and no connection is evicted", async () => {
    const pool = poolOn(own.server);
    const store = new PostgresEventStore({ pool });
    // Without a limit on its transaction.
    const holder = new Client(own.server.url);
    await holder.connect();
    try {
      await store.migrate();
      const idle = await Promise.all([pool.connect(), pool.connect(), pool.connect(), pool.connect()]);
      for (const client of idle) client.release();
      const connections = pool.totalCount;
      await holder.query(`begin; select * from event_store.append_events('locked', -1,
        array[gen_random_uuid()], array['Locked'], array['{}'::bytea], array['{}'])`);
      const waiting = async (): Promise<number> => {
        const text = "select count(*)::int as count from pg_stat_activity where wait_event = 'advisory'";
        return (await own.pool.query(text)).rows[0].count;
      };

      const appending = Promise.allSettled(
        Array.from({ length: WRITERS }, () => store.append("locked", newEvents(1), "any")),
      );
      while ((await waiting()) < WRITERS) await wait(10);
      for (const outcome of await appending)
        expect(outcome).toMatchObject({ status: "rejected", reason: { cause: { code: "55P03" } } });
      expect(await waiting()).toBe(0);
      // What waited is replaced, what did not is kept.
      expect(pool.totalCount).toBe(connections - WRITERS);
    } finally {
      await holder.end();
      await store.close();
    }
  }, 60_000);
});
