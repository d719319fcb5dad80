import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Pool } from "pg";
import { opsEnvironment } from "../../support/runtime/cqrs-ops";
import { cqrsOpsBySchedule } from "../../support/runtime/cqrs-ops-in-process";
import { storeOn } from "../../support/servers/postgres-store";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../support/servers/running-postgres";
import { newEvent } from "../event-store/events";

const why = whyNoPostgres();
const suite = why === undefined ? describe : describe.skip;

suite(`cqrs-ops backup of a store that was restored${why === undefined ? "" : `, skipped: ${why}`}`, () => {
  let postgres: RunningPostgres;
  let pool: Pool;
  let folder: string;
  let environment: Readonly<Record<string, string>>;
  let skus = 0;

  beforeAll(async () => {
    postgres = await startPostgres();
    pool = new Pool({ connectionString: postgres.url });
  }, 60_000);
  afterAll(async () => {
    await pool.end();
    await postgres.stop();
  });
  beforeEach(async () => {
    await pool.query("drop schema if exists event_store cascade; drop schema if exists read_models cascade");
    folder = mkdtempSync(join(tmpdir(), "backups-"));
    environment = {
      ...opsEnvironment(postgres),
      BACKUP_FOLDER: folder,
      LOCAL_KEY: randomBytes(32).toString("base64"),
    };
    await append(5);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function append(streams: number): Promise<void> {
    const store = await storeOn(postgres, "event_store");
    for (let stream = 0; stream < streams; stream++) {
      const sku = `${skus++}`;
      const data = Buffer.from(JSON.stringify({ sku, onHand: 1 }));
      await store.append(`inventory-${sku}`, [newEvent({ type: "InventoryUpdated", data })], "no_stream");
    }
    await store.close();
  }
  const report = async (...args: readonly string[]) => {
    const { code, out } = await cqrsOpsBySchedule(["--json", ...args], environment);
    return { code, ...JSON.parse(out) };
  };
  const restored = (backup: string) => report("restore", "--backup", backup, "--replace", "event_store");

  /** Runs the tool, and something else while it waits for the checkpoints, which it reads before the events. */
  async function meanwhile(command: string, work: () => Promise<unknown>) {
    const client = await pool.connect();
    try {
      await client.query("begin; lock table read_models.checkpoints in access exclusive mode");
      const run = report(command);
      const waits = "select from pg_locks where not granted and relation = 'read_models.checkpoints'::regclass";
      while ((await pool.query(waits)).rowCount === 0) await wait(50);
      await work();
      await client.query("rollback");
      return await run;
    } finally {
      client.release();
    }
  }

  test("is none, where it was restored while it was backed up", async () => {
    const { backup } = await report("backup", "--no-read-models");
    await append(5);
    await report("rebuild");
    await report("backup", "--no-read-models");
    const ended = await meanwhile("backup", async () => {
      expect(await restored(backup)).toMatchObject({ code: 0, events: 5 });
      await append(3);
    });
    expect(ended).toMatchObject({
      ...{ code: 2, outcome: "could not check" },
      error: "the event store was replaced while it was backed up, and no backup was made: run it again",
    });
    expect((await report("list")).backups).toHaveLength(2);
    expect(readdirSync(join(folder, "backups", "unfinished"))).toEqual([]);
    expect(await report("backup", "--no-read-models")).toMatchObject({ code: 0, "events in all": 8 });
    expect(await report("verify", "--store")).toMatchObject({ code: 0, events: 8 });
  }, 120_000);

  test("has no read models of the store that was lost, and says so", async () => {
    const { backup } = await report("backup", "--no-read-models");
    await append(4);
    await report("rebuild");
    await restored(backup);
    // More than there were: no checkpoint is ahead of the last event any more.
    await append(10);
    const leftOut = "left out: they are of another event store, or of this one before it was restored; rebuild them";
    expect(await report("backup")).toMatchObject({
      ...{ code: 1, "events in all": 15, tables: 0, "read models": leftOut },
    });
    expect((await cqrsOpsBySchedule(["backup"], environment)).progress).toContain('"stage":"read models left out"');
    expect(await report("verify", "--store")).toMatchObject({ code: 0, events: 15 });
    await report("rebuild");
    // As a rebuild in place leaves it that has died.
    await pool.query("create table read_models.rebuild (of text primary key)");
    const sound = await report("backup");
    expect(sound).toMatchObject({ code: 0, tables: 3 });
    expect(sound).not.toHaveProperty("read models");
  }, 120_000);
});
