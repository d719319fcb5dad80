import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool } from "pg";
import { opsEnvironment } from "../../support/runtime/cqrs-ops";
import { cqrsOpsBySchedule } from "../../support/runtime/cqrs-ops-in-process";
import { storeOn } from "../../support/servers/postgres-store";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../support/servers/running-postgres";
import { newEvents, newStream } from "../event-store/events";

const why = whyNoPostgres();
const suite = why === undefined ? describe : describe.skip;

suite(`cqrs-ops where something is lost${why === undefined ? "" : `, skipped: ${why}`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "backups-"));
  let postgres: RunningPostgres;
  let pool: Pool;
  let environment: Readonly<Record<string, string>>;
  let place: string;

  beforeAll(async () => {
    postgres = await startPostgres();
    pool = new Pool({ connectionString: postgres.url });
    const LOCAL_KEY = randomBytes(32).toString("base64");
    environment = { ...opsEnvironment(postgres), BACKUP_FOLDER: folder, LOCAL_KEY };
    place = `${postgres.host}:${postgres.port}/${postgres.database}`;
    const store = await storeOn(postgres, "event_store");
    await store.append(newStream(), newEvents(2), "no_stream");
    await store.close();
  }, 60_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await pool.end();
    await postgres.stop();
  });

  const report = async (...args: readonly string[]) => {
    const { code, out } = await cqrsOpsBySchedule(["--json", ...args], environment);
    return { code, ...JSON.parse(out) };
  };

  test("a backup without read models says that there were none", async () => {
    const none = `there were none to back up: schema read_models of ${place} has none`;
    expect(await report("backup")).toMatchObject({ code: 0, tables: 0, "read models": none });
    expect((await cqrsOpsBySchedule(["backup"], environment)).out).toContain(`\n  read models: ${none}\n`);
    expect(await report("backup", "--no-read-models")).not.toHaveProperty("read models");
  });

  test.each([[["lag"]], [["verify", "--models"]]])("%s says that there are no read models, and where", async (args) => {
    expect(await report(...args)).toMatchObject({
      code: 2,
      error: `schema read_models of ${place} has no read models: rebuild makes them of the events`,
    });
  });

  test.each([[["lag"]], [["backup"]], [["rebuild"]], [["verify", "--store"]], [["verify", "--models"]]])(
    "%s says that there is no event store, and where",
    async (args) => {
      await pool.query("drop schema if exists event_store cascade");
      expect(await report(...args)).toMatchObject({
        code: 2,
        error: `schema event_store of ${place} has no event store: restore a backup, or have the service migrate it where there never was one`,
      });
    },
  );

  test("a server that is away is named, too", async () => {
    const away = { EVENT_STORE_CONNECTION_STRING: "postgres://a@127.0.0.1:1/orders" };
    const { code, out } = await cqrsOpsBySchedule(["--json", "rebuild"], { ...environment, ...away });
    expect([code, JSON.parse(out).error]).toEqual([
      2,
      "schema event_store of 127.0.0.1:1/orders can't be looked at: connect ECONNREFUSED 127.0.0.1:1",
    ]);
  });
});
