import { PostgresEventStore } from "../../../../runtime/adapters/postgres/postgres-event-store";
import type { NewEvent } from "../../../../runtime/event-store/event-store";
import { loadEvents } from "../../../../scripts/bench/loaded-events";
import { ExecutedPlans } from "../../../support/servers/executed-plans";
import { postgresOfSuite } from "../../../support/servers/postgres-of-suite";
import { whyNoPostgres } from "../../../support/servers/running-postgres";
import { newEvents, newStream } from "../../event-store/events";

const LOADED = 20_000;
/** PostgreSQL makes the plan that it keeps for the sixth. */
const EXECUTIONS = 8;

const why = whyNoPostgres();

(why === undefined ? describe : describe.skip)(`plans that are kept${why ? `, skipped: ${why}` : ""}`, () => {
  // Autovacuum's ANALYZE would drop them.
  const own = postgresOfSuite("autovacuum=off");

  test.each(
    [0, 1, 10, 300].flatMap((events) => [
      { events, analyzed: false },
      { events, analyzed: true },
    ]),
  )("read no more when $events events (analyzed: $analyzed) have become many", async ({ events, analyzed }) => {
    const schema = `events_${events}_${analyzed}`;
    const plans = new ExecutedPlans();
    const store = new PostgresEventStore({ pool: plans.poolOn(own.server, "auto"), schema });
    const append = async (): Promise<void> => {
      const sent: readonly NewEvent[] = newEvents(2);
      const stream = newStream();
      await store.append(stream, sent, "no_stream");
      await store.append(stream, sent, "any");
      await store.append(stream, sent.slice(1), 0n);
    };
    try {
      await store.migrate();
      await own.pool.query(`update ${schema}.log set base = ${LOADED}`);
      for (let count = 0; count < events; count += 1) await store.append(newStream(), newEvents(1), "no_stream");
      if (analyzed) await own.pool.query(`analyze ${schema}.events`);
      for (let execution = 0; execution < EXECUTIONS; execution += 1) await append();
      await loadEvents(own.pool, schema, { events: LOADED, perStream: 1, analyzed: false });
      plans.reads.length = 0;
      await append();
      expect(plans.reads).not.toEqual([]);
      expect(plans.reads.filter(({ table, rows }) => table === "events" && rows > 2)).toEqual([]);
    } finally {
      await store.close();
    }
  });
});
