import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { postgresOfSuite } from "../../../support/servers/postgres-of-suite";
import { storeOn } from "../../../support/servers/postgres-store";
import { whyNoPostgres } from "../../../support/servers/running-postgres";
import { compiled, ROOT } from "../../../support/test-run/compiled";
import { bySchedule } from "../../../support/test-run/nightly";

const why = whyNoPostgres();
const PROGRAM = compiled(join(ROOT, "__tests__", "support", "runtime", "rebuild-run.ts"));
/** Of 256 in all, what is left by Node and its modules. */
const MOST_MEGABYTES = 256 - 64;
const LARGEST = { name: "events as large as they may be", bytes: 1_040_000, stream: "'s' || n" };
const LARGE = { name: "large events", bytes: 64_000, stream: "'s' || n" };
const ONE_STREAM = { name: "one stream with all of them", bytes: 8_000, stream: "'s'" };
const SMALL = { name: "many small events", bytes: 10, stream: "'s' || n % 5000" };
/**
 * The limits of `npm test` are between two measurements above Node's own memory: with few events kept at a time, and with all
 * of them. These are 105 and 160 MB for the first case, 87 and 178 for the second, 70 and 130 for the third. Small events
 * take 55 MB; a kilobyte that is kept for each of them would exceed the limit.
 */
const CASES = bySchedule({
  always: [
    { ...LARGEST, events: 80, most: 140 },
    { ...LARGE, events: 1_250, most: 130 },
    { ...ONE_STREAM, events: 8_000, most: 100 },
    { ...SMALL, events: 40_000, most: 85 },
  ],
  nightly: [
    { ...LARGEST, events: 150, most: MOST_MEGABYTES },
    { ...LARGE, events: 2_500, most: MOST_MEGABYTES },
    { ...ONE_STREAM, events: 15_000, most: MOST_MEGABYTES },
    { ...SMALL, events: 150_000, most: MOST_MEGABYTES },
  ],
});

(why === undefined ? describe : describe.skip)(`the memory of a rebuild${why ? `, skipped: ${why}` : ""}`, () => {
  const own = postgresOfSuite();
  beforeAll(async () => (await storeOn(own.server, "event_store")).close());

  test.each(CASES)(
    `has a bound: $name`,
    async ({ events, bytes, stream, most }) => {
      await own.pool.query("truncate event_store.events; drop schema if exists read_models cascade");
      await own.pool.query(`insert into event_store.events (transaction_id, stream, revision, id, type, data, metadata)
        select n, ${stream}, n, gen_random_uuid(), 'Kept', convert_to('{"text":"' || repeat('ten bytes-', ${bytes} / 10) || '"}', 'utf8'), '{}'
        from generate_series(1, ${events}) n`);
      await own.pool.query(`update event_store.log set base = ${events + 1}`);
      const env = { ...process.env, PORT: `${own.server.port}` };
      const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM], { env });
      const run = JSON.parse(stdout);
      expect(run.events).toBe(events);
      expect(run.most - run.before).toBeLessThan(most);
    },
    120_000,
  );
});
