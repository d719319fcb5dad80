import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { compiled, ROOT } from "../../../support/compiled";
import { postgresOfSuite } from "../../../support/postgres-of-suite";
import { storeOn } from "../../../support/postgres-store";
import { whyNoPostgres } from "../../../support/running-postgres";

const why = whyNoPostgres();
const PROGRAM = compiled(join(ROOT, "__tests__", "support", "rebuild-run.ts"));
/** Of 256 in all, what is left by Node and its modules, which take some more in tests, where they are compiled on the way. */
const MOST_MEGABYTES = 256 - 64;

(why === undefined ? describe : describe.skip)(`the memory of a rebuild${why ? `, skipped: ${why}` : ""}`, () => {
  const own = postgresOfSuite();
  beforeAll(async () => (await storeOn(own.server, "event_store")).close());

  test.each([
    { name: "events as large as they may be", events: 150, bytes: 1_040_000, stream: "'s' || n" },
    { name: "large events", events: 2_500, bytes: 64_000, stream: "'s' || n" },
    { name: "one stream with all of them", events: 15_000, bytes: 8_000, stream: "'s'" },
    { name: "many small events", events: 150_000, bytes: 10, stream: "'s' || n % 5000" },
  ])(
    `has a bound: $name`,
    async ({ events, bytes, stream }) => {
      await own.pool.query("truncate event_store.events; drop schema if exists read_models cascade");
      await own.pool.query(`insert into event_store.events (transaction_id, stream, revision, id, type, data, metadata)
        select n, ${stream}, n, gen_random_uuid(), 'Kept', convert_to('{"text":"' || repeat('ten bytes-', ${bytes} / 10) || '"}', 'utf8'), '{}'
        from generate_series(1, ${events}) n`);
      await own.pool.query(`update event_store.log set base = ${events + 1}`);
      const env = { ...process.env, PORT: `${own.server.port}` };
      const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM], { env });
      const run = JSON.parse(stdout);
      expect(run.events).toBe(events);
      expect(run.most - run.before).toBeLessThan(MOST_MEGABYTES);
    },
    120_000,
  );
});
