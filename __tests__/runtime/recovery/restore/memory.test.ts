import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cqrsOps, opsEnvironment } from "../../../support/runtime/cqrs-ops";
import { postgresOfSuite } from "../../../support/servers/postgres-of-suite";
import { storeOn } from "../../../support/servers/postgres-store";
import { whyNoPostgres } from "../../../support/servers/running-postgres";

const why = whyNoPostgres();
const EVENTS = 120;
/** It is 160 to 200 however many events there are, and up to 270 on a machine that is busy, where garbage stays longer. */
const MOST_MEGABYTES = 320;
const BYTES = 1_000_000;

(why === undefined ? describe : describe.skip)(`the memory of a drill${why ? `, skipped: ${why}` : ""}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "backups-"));
  const own = postgresOfSuite();
  beforeAll(async () => (await storeOn(own.server, "event_store")).close());
  afterAll(() => rmSync(folder, { recursive: true }));

  test("has a bound, with events as large as they may be", async () => {
    // Of what can't be compressed to nothing.
    await own.pool.query(`insert into event_store.events (transaction_id, stream, revision, id, type, data, metadata)
      select n, 's' || n, 0, gen_random_uuid(), 'Kept', convert_to('{"text":"' || (
        select string_agg(md5(n::text || i::text), '') from generate_series(1, ${BYTES} / 32) i
      ) || '"}', 'utf8'), '{}' from generate_series(1, ${EVENTS}) n`);
    await own.pool.query(`update event_store.log set base = ${EVENTS + 1}`);
    const environment = {
      ...opsEnvironment(own.server),
      ...{ BACKUP_FOLDER: folder, LOCAL_KEY: Buffer.alloc(32, 1).toString("base64") },
    };
    expect(await cqrsOps(["backup", "--no-read-models"], environment)).toMatchObject({ code: 0 });
    const { code, progress } = await cqrsOps(["drill"], environment);
    const { stage, megabytes } = JSON.parse(`${progress.trim().split("\n").at(-1)}`);
    expect({ code, stage }).toEqual({ code: 0, stage: "over" });
    expect(megabytes).toBeLessThan(MOST_MEGABYTES);
  }, 120_000);
});
