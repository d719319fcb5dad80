import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool } from "pg";
import { cqrsOps, opsEnvironment } from "../../../support/cqrs-ops";
import { storeOn } from "../../../support/postgres-store";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../support/running-postgres";

const why = whyNoPostgres();
/** What may be taken, and what Node takes more in tests, where modules are compiled on the way. */
const MOST_MEGABYTES = 256 + 32;
const [EVENTS, BYTES] = [80, 1_000_000];

(why === undefined ? describe : describe.skip)(`the memory of a drill${why ? `, skipped: ${why}` : ""}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "backups-"));
  let server: RunningPostgres;
  let pool: Pool;
  beforeAll(async () => {
    server = await startPostgres();
    pool = new Pool({ connectionString: server.url });
    await (await storeOn(server, "event_store")).close();
  }, 60_000);
  afterAll(async () => {
    await pool.end();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  test("has a bound, with events as large as they may be", async () => {
    // Of what can't be compressed to nothing.
    await pool.query(`insert into event_store.events (transaction_id, stream, revision, id, type, data, metadata)
      select n, 's' || n, 0, gen_random_uuid(), 'Kept', convert_to('{"text":"' || (
        select string_agg(md5(n::text || i::text), '') from generate_series(1, ${BYTES} / 32) i
      ) || '"}', 'utf8'), '{}' from generate_series(1, ${EVENTS}) n`);
    await pool.query(`update event_store.log set base = ${EVENTS + 1}`);
    const environment = {
      ...opsEnvironment(server),
      ...{ BACKUP_FOLDER: folder, LOCAL_KEY: Buffer.alloc(32, 1).toString("base64") },
    };
    expect(await cqrsOps(["backup", "--no-read-models"], environment)).toMatchObject({ code: 0 });
    const { code, progress } = await cqrsOps(["drill"], environment);
    const { stage, megabytes } = JSON.parse(`${progress.trim().split("\n").at(-1)}`);
    expect({ code, stage }).toEqual({ code: 0, stage: "over" });
    expect(megabytes).toBeLessThan(MOST_MEGABYTES);
  }, 120_000);
});
