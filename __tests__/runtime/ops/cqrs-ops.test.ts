import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool } from "pg";
import { FolderStorage } from "../../../runtime/adapters/local/folder-storage";
import type { PostgresEventStore } from "../../../runtime/adapters/postgres/postgres-event-store";
import { PostgresSubjectKeys } from "../../../runtime/adapters/postgres/postgres-subject-keys";
import { FORGOTTEN } from "../../../runtime/keys/subject-keys";
import { parkEvent } from "../../../runtime/processors/parked-events";
import { saveCheckpoint } from "../../../runtime/processors/processor-checkpoints";
import { DeletedSubjects } from "../../../runtime/recovery/subjects/deleted-subjects";
import { cqrsOps, opsEnvironment, TOOL } from "../../support/runtime/cqrs-ops";
import { cqrsOpsBySchedule } from "../../support/runtime/cqrs-ops-in-process";
import { storeOn } from "../../support/servers/postgres-store";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../support/servers/running-postgres";
import { allOf, newEvent } from "../event-store/events";

const why = whyNoPostgres();
const suite = why === undefined ? describe : describe.skip;

suite(`cqrs-ops${why === undefined ? "" : `, skipped: ${why}`}`, () => {
  let postgres: RunningPostgres;
  let pool: Pool;
  let store: PostgresEventStore;
  let folder: string;
  let environment: Readonly<Record<string, string>>;

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
    store = await storeOn(postgres, "event_store");
    for (const sku of ["a", "b", "c"]) {
      const updated = (onHand: number) =>
        newEvent({ type: "InventoryUpdated", data: Buffer.from(JSON.stringify({ sku, onHand })) });
      await store.append(`inventory-${sku}`, [updated(1), updated(2)], "no_stream");
    }
    folder = mkdtempSync(join(tmpdir(), "backups-"));
    environment = {
      ...opsEnvironment(postgres),
      BACKUP_FOLDER: folder,
      LOCAL_KEY: randomBytes(32).toString("base64"),
    };
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  const run = (...args: readonly string[]) => cqrsOpsBySchedule(args, environment);
  const reportBy =
    (tool: typeof cqrsOpsBySchedule) =>
    async (...args: readonly string[]) => {
      const { code, out } = await tool(["--json", ...args], environment);
      return { code, ...JSON.parse(out) };
    };
  const report = reportBy(cqrsOpsBySchedule);
  /** For each command that succeeds, once in `npm test`. */
  const reportOfProcess = reportBy(cqrsOps);
  const segments = () => {
    const place = join(folder, "backups", "segments");
    return readdirSync(place, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map((each) => join(each.parentPath, each.name));
  };
  const inventory = async () => (await pool.query("select sku, on_hand from read_models.inventory order by sku")).rows;

  test("loses everything and has it again", async () => {
    expect((await reportOfProcess("rebuild")).code).toBe(0);
    expect(await inventory()).toEqual([
      { sku: "a", on_hand: 2 },
      { sku: "b", on_hand: 2 },
      { sku: "c", on_hand: 2 },
    ]);
    expect(await reportOfProcess("backup")).toMatchObject({ code: 0, "events in all": 6, tables: 3 });
    expect(await reportOfProcess("verify", "--store", "--models")).toMatchObject({
      ...{ code: 0, outcome: "sound", events: 6, streams: 3, findings: [], "events that are the same": 6 },
      ...{ "tables that were compared": 3, "rows that were compared": 3 },
      ...{ recoveryPoint: expect.any(String), readSeconds: expect.any(Number), rebuildSeconds: expect.any(Number) },
      "recovery time": expect.stringMatching(
        /^at least [\d.]+ seconds: reading the backup took [\d.]+ seconds, building the read models took [\d.]+ seconds; /,
      ),
    });
    await pool.query("drop schema event_store cascade; drop schema read_models cascade");

    expect(await reportOfProcess("restore")).toMatchObject({ code: 0, events: 6 });
    expect(await reportOfProcess("rebuild")).toMatchObject({ code: 0, events: 6 });
    expect(await reportOfProcess("verify", "--store", "--models")).toMatchObject({ code: 0, findings: [] });
    expect(await reportOfProcess("lag")).toMatchObject({
      ...{ code: 0, limit: 1000 },
      projections: [
        { projection: "orders", events: 0 },
        { projection: "inventory", events: 0 },
      ],
    });
  }, 120_000);

  test("says in words what it has found, and in lines of JSON how far it is", async () => {
    const backup = await run("backup", "--no-read-models");
    expect(backup.out).toMatch(
      /^backed up\n {2}backup: \S+\n {2}place: folder \S+\n {2}recoveryPoint: \S+\n {2}goes on from: nothing: a full backup, because it is the first\n {2}events in it: 6\n/,
    );
    const lines = backup.progress
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ stage }) => stage)).toEqual([
      ...["backup begun", "segment backed up", "events backed up", "manifest written", "backup finished", "over"],
    ]);
    expect((await run("list")).out).toMatch(/^backups in folder \S+\n {2}\S+: 6 events, full, \d+ seconds old\n$/);
    expect((await run("verify")).out).toMatch(
      /^sound\n {2}backup: \S+\n {2}backups: 1\n {2}events: 6\n {2}streams: 3\n/,
    );
  }, 120_000);

  test("says why a backup does not go on from the last", async () => {
    const from = async (args: readonly string[] = [], other: Readonly<Record<string, string>> = {}) => {
      const { out } = await cqrsOpsBySchedule(["--json", "backup", "--no-read-models", ...args], {
        ...environment,
        ...other,
      });
      return JSON.parse(out)["goes on from"];
    };
    await run("backup", "--no-read-models");
    expect(await from(["--full"])).toBe("nothing: a full backup, because it was asked for");
    expect(await from([], { LOCAL_KEY: randomBytes(32).toString("base64") })).toMatch(
      /^nothing: a full backup, because the last, \S+, is under another key: it was wrapped by local:\S+, and at hand is local:\S+$/,
    );
  }, 120_000);

  test("ends with 1 for a backup that is damaged, which it names and does not restore", async () => {
    await run("backup", "--no-read-models");
    const [segment = ""] = segments();
    const bytes = readFileSync(segment);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(segment, bytes);
    const finding = { kind: "segment altered", where: expect.stringContaining("backups/segments/") };

    expect(await report("verify")).toMatchObject({ code: 1, outcome: "mismatch", findings: [finding] });
    // What can't be compared as well takes nothing away from what was found.
    expect(await report("verify", "--store", "--models")).toMatchObject({
      ...{ code: 1, outcome: "mismatch", findings: [finding] },
      "the event store": "was not compared: the backup is not sound",
      "the read models": expect.stringContaining("were not compared: "),
    });
    expect((await run("verify")).out).toMatch(/^not sound\n[\s\S]*\n {2}segment altered: backups\/segments\/\S+: /);
    await pool.query("drop schema event_store cascade");
    expect(await report("restore")).toMatchObject({ code: 1, outcome: "mismatch", findings: [finding] });
    expect((await pool.query("select from pg_namespace where nspname like 'event_store%'")).rows).toEqual([]);
  }, 120_000);

  test("ends with 1 for models that are not what events give", async () => {
    await run("rebuild");
    await run("backup");
    await pool.query("update read_models.inventory set on_hand = 9 where sku = 'b'");
    expect(await report("verify", "--models")).toMatchObject({
      ...{ code: 1, outcome: "mismatch" },
      findings: [{ kind: "models differ", where: "inventory" }],
    });
  }, 120_000);

  test("restores into a store with events only when its name is said", async () => {
    await run("backup", "--no-read-models");
    await store.append("inventory-d", [newEvent()], "no_stream");
    expect(await report("restore")).toMatchObject({
      ...{ code: 2, outcome: "could not check" },
      error: expect.stringContaining("event_store: must be empty to be restored into, got events up to"),
    });
    expect(await report("restore", "--replace", "event_stor")).toMatchObject({
      code: 2,
      error: expect.stringMatching(
        /got events up to \S+, and "event_stor" as what may be replaced: with --replace event_store they are replaced, and kept beside it$/,
      ),
    });
    expect(await report("restore", "--replace", "event_store")).toMatchObject({
      ...{ code: 0, events: 6, former: expect.stringMatching(/^event_store_before_/) },
    });
  }, 120_000);

  test.each([
    ["backup", () => `a backup into folder ${folder}`],
    ["restore", () => "a restore into event_store"],
    ["drill", () => "a drill"],
  ])(
    "does no %s beside another, and says whose it is",
    async (command, work) => {
      await run("backup", "--no-read-models");
      const other = await pool.connect();
      await other.query("select pg_advisory_lock(hashtextextended($1, $2))", [work(), 0x6f_70_73]);
      const refused = await report(command, ...(command === "backup" ? ["--no-read-models"] : []));
      const { rows } = await other.query("select pg_backend_pid() as pid");
      other.release(true);
      expect(refused).toMatchObject({
        ...{ code: 2, outcome: "could not check" },
        error: expect.stringMatching(
          `^${work()} is being done already, by process ${rows[0]?.pid} of the database, for 127.0.0.1, since 20`,
        ),
      });
      expect((await report("list")).backups).toHaveLength(1);
    },
    120_000,
  );

  test("does none beside another user's, of whom PostgreSQL shows less", async () => {
    await pool.query("create role another login; grant usage on schema event_store to another");
    const other = await pool.connect();
    await other.query("select pg_advisory_lock(hashtextextended($1, $2))", [
      `a backup into folder ${folder}`,
      0x6f_70_73,
    ]);
    const asAnother = { EVENT_STORE_CONNECTION_STRING: postgres.url.replace("postgres@", "another@") };
    const { code, out } = await cqrsOpsBySchedule(["--json", "backup", "--no-read-models"], {
      ...environment,
      ...asAnother,
    });
    other.release(true);
    expect([code, JSON.parse(out).error]).toEqual([
      2,
      expect.stringMatching(/ is being done already, by process \d+ of the database: wait until it has ended$/),
    ]);
  }, 120_000);

  test("of five backups at once one is made, whole", async () => {
    const codes = await Promise.all(
      Array.from({ length: 5 }, async () => (await cqrsOps(["backup"], environment)).code),
    );
    expect(codes).toContain(0);
    expect(await report("verify")).toMatchObject({ code: 0, events: 6 });
    expect((await reportOfProcess("list")).backups).toHaveLength(codes.filter((code) => code === 0).length);
  }, 60_000);

  test("takes back what a rebuild has swapped", async () => {
    await run("rebuild");
    await pool.query("update read_models.inventory set on_hand = 7 where sku = 'a'");
    expect((await report("rebuild")).code).toBe(0);
    expect((await inventory())[0]).toEqual({ sku: "a", on_hand: 2 });
    expect((await reportOfProcess("rollback")).code).toBe(0);
    expect((await inventory())[0]).toEqual({ sku: "a", on_hand: 7 });
    expect(await report("rollback", "--former", "read_models_before_nothing")).toMatchObject({ code: 2 });
  }, 120_000);

  test("does not call models sound that are ahead of the event store, nor go back to such", async () => {
    await run("rebuild");
    expect(await report("lag")).toMatchObject({
      code: 0,
      projections: [{ isOfAnother: false }, { isOfAnother: false }],
    });
    await pool.query("delete from event_store.events where stream = 'inventory-c'");
    expect(await report("lag")).toMatchObject({ code: 1, projections: [{ isOfAnother: true }, { isOfAnother: true }] });
    expect((await run("lag")).out).toContain("projection orders: of another event store");
    const { former, ...rebuilt } = await report("rebuild");
    expect(rebuilt).toMatchObject({ code: 0, wereOfAnother: true });
    expect(await report("lag")).toMatchObject({ code: 0 });
    expect(await report("rollback", "--former", former)).toMatchObject({
      ...{
        code: 2,
        error: expect.stringContaining(`${former} is of another event store, or of this one before it was restored`),
      },
    });
    expect(await inventory()).toHaveLength(2);
  }, 120_000);

  test("keeps two generations of former models, or as many as it is told", async () => {
    const generations = async () =>
      (await pool.query("select nspname from pg_namespace where nspname like 'read_models_before_%'")).rows.length;
    await run("rebuild");
    const formers: unknown[] = [];
    for (let again = 0; again < 3; again++) formers.push((await report("rebuild")).former);
    expect(await generations()).toBe(2);
    const last = await report("rebuild", "--keep", "1");
    expect(last).toMatchObject({ code: 0, gone: formers.slice(1) });
    expect((await pool.query(`select from ${last.former}.inventory`)).rows).toHaveLength(3);
    expect(await report("rebuild", "--keep", "0")).not.toHaveProperty("former");
    expect(await generations()).toBe(0);
  }, 120_000);

  test("forgets again whom the ledger names, and restores nothing where it can't", async () => {
    const keys = new PostgresSubjectKeys({ pool });
    await keys.migrate();
    const wrapped = { wrappedBy: "a-key", bytes: Buffer.from("wrapped") };
    for (const subject of ["customer-1", "customer-2"])
      await keys.putIfAbsent({ id: subject, subject, generation: 1, wrapped });
    await new DeletedSubjects(await FolderStorage.create(folder), keys).record("customer-1");

    await run("backup", "--no-read-models");
    await pool.query("drop schema event_store cascade");
    expect(await report("restore")).toMatchObject({
      ...{
        code: 2,
        error: expect.stringMatching(
          /^SUBJECT_KEYS_URL or SUBJECT_KEYS_SECRET: one of them must be given, for subjects were deleted/,
        ),
      },
    });
    expect((await pool.query("select from pg_namespace where nspname = 'event_store'")).rows).toEqual([]);
    const forgotten = await cqrsOps(["--json", "forget"], { ...environment, SUBJECT_KEYS_URL: postgres.url });
    expect([forgotten.code, JSON.parse(forgotten.out)]).toEqual([
      0,
      { command: "forget", place: `folder ${folder}`, subjects: 1 },
    ]);
    expect(await keys.newest("customer-1")).toBe(FORGOTTEN);
    expect(await keys.newest("customer-2")).toMatchObject({ id: "customer-2" });

    const entries = join(folder, "deleted-subjects");
    const [entry = ""] = readdirSync(entries);
    writeFileSync(join(entries, entry), "{");
    const forget = async (...args: readonly string[]) => {
      const { code, out } = await cqrsOpsBySchedule(["--json", "forget", ...args], {
        ...environment,
        SUBJECT_KEYS_URL: postgres.url,
      });
      return { code, ...JSON.parse(out) };
    };
    expect(await forget()).toMatchObject({ code: 1, findings: [{ kind: "ledger entry damaged" }] });
    expect(await forget("--subject", "customer-1")).toMatchObject({ code: 0, subjects: 1 });
    expect(await forget("--subject", "customer-2")).toMatchObject({ code: 0, subjects: 2 });
    expect(await keys.newest("customer-2")).toBe(FORGOTTEN);
  }, 120_000);

  test("drills beside what runs, and leaves nothing", async () => {
    await run("backup", "--no-read-models");
    const before = (await pool.query("select nspname from pg_namespace order by 1")).rows;
    expect(await reportOfProcess("drill")).toMatchObject({ code: 0, restored: { events: 6 }, rebuilt: { events: 6 } });
    expect((await pool.query("select nspname from pg_namespace order by 1")).rows).toEqual(before);
  }, 120_000);

  test("builds models where they are, and a lag is 1", async () => {
    await run("rebuild");
    await store.append(
      "inventory-d",
      [newEvent({ type: "InventoryUpdated", data: Buffer.from('{"sku":"d","onHand":1}') })],
      "no_stream",
    );
    expect(await report("lag", "--limit", "1")).toMatchObject({ code: 1, projections: [{ events: 1 }, { events: 1 }] });
    expect(await report("rebuild", "--in-place")).toMatchObject({ code: 0, events: 7 });
    expect(await inventory()).toHaveLength(4);
    expect(await report("lag", "--limit", "1")).toMatchObject({ projections: [{ events: 0 }, { events: 0 }] });
    expect(await report("lag")).toMatchObject({ code: 0 });
  }, 120_000);

  test("lists how far processors are, and what they have parked", async () => {
    await run("rebuild");
    const [never] = (await report("lag")).processors;
    expect(never).toMatchObject({ processor: "fulfilment", events: 6, parked: 0, isOfAnother: false });
    expect((await run("lag")).out).toMatch(
      /processor fulfilment: 6 events, the oldest \d+ seconds old; it never ran; 0 parked/,
    );
    // After a restore the tool is run before processors are.
    expect(await report("lag", "--limit", "1")).toMatchObject({ code: 0, processors: [{ events: 6 }] });
    const position = (await store.head()) ?? { major: 0n, minor: 0n };
    await saveCheckpoint(store, "fulfilment", position, {});
    const [event] = await allOf(store.readStream("inventory-a"));
    if (event === undefined) throw new Error("no event");
    expect((await report("lag")).processors).toMatchObject([{ events: 0, seconds: 0, parked: 0 }]);
    await parkEvent(store, "fulfilment", event, "TypeError", {});
    expect(await report("lag", "--limit", "1")).toMatchObject({ code: 1, processors: [{ events: 1, parked: 1 }] });
  }, 60_000);

  test("looks at no models with another number of partitions, and builds them with it", async () => {
    await run("rebuild");
    await run("backup");
    const other = async (...args: readonly string[]) => {
      const { code, out } = await cqrsOpsBySchedule(["--json", ...args], {
        ...environment,
        PROJECTION_PARTITIONS: "7",
      });
      return { code, text: out };
    };
    const refused = "its checkpoints are of 4 partitions, got 7: rebuild the read models";
    expect(await other("lag")).toEqual({ code: 2, text: expect.stringContaining(refused) });
    expect((await other("verify", "--models")).text).toContain(refused);
    expect((await other("rebuild")).code).toBe(0);
    expect((await other("lag")).code).toBe(0);
    expect((await other("verify", "--models")).code).toBe(0);
  }, 60_000);

  test("goes on though nobody reads what it says, and its exit code is that of what it does", async () => {
    const tool = spawn(process.execPath, [TOOL, "backup", "--no-read-models"], {
      env: { PATH: process.env.PATH, NODE_ENV: "test", ...environment },
    });
    tool.stdout.destroy();
    tool.stderr.destroy();
    expect(await once(tool, "close")).toEqual([0, null]);
    expect((await report("verify")).code).toBe(0);
  }, 120_000);
});
