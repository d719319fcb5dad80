import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Pool } from "pg";
import { FolderStorage } from "../../../../runtime/adapters/local/folder-storage";
import { PostgresEventLog } from "../../../../runtime/adapters/postgres/postgres-event-log";
import type { PostgresEventStore } from "../../../../runtime/adapters/postgres/postgres-event-store";
import { type BackupOptions, backUp } from "../../../../runtime/recovery/backup/backup";
import { BackupCatalog } from "../../../../runtime/recovery/backup/backup-catalog";
import { lastEventOf } from "../../../../runtime/recovery/backup/last-event";
import type { LastEvent } from "../../../../runtime/recovery/backup/manifest";
import type { ModelSource } from "../../../../runtime/recovery/backup/model-dump";
import { verifyBackup } from "../../../../runtime/recovery/verify/verify-backup";
import { storeOn } from "../../../support/servers/postgres-store";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../support/servers/running-postgres";
import { newEvents, newStream } from "../../event-store/events";
import { backupSource } from "../backup-source";
import { localKeys } from "../local-wrapping";
import { MemoryStorage } from "../memory-storage";

const why = whyNoPostgres();
const suite = why === undefined ? describe : describe.skip;
const UNFINISHED = "backups/unfinished/";

/** A test double of read models without a table, at a position. */
const modelsAt = (position: string, reach?: LastEvent): ModelSource => ({
  snapshot: (work) =>
    work({ checkpoints: [{ projection: "orders", partition: 0, position }], reach, tables: async function* () {} }),
});

suite(`a backup that is gone on with${why === undefined ? "" : ` (skipped: ${why})`}`, () => {
  let postgres: RunningPostgres;
  let pool: Pool;
  let schemas = 0;
  let schema: string;
  let store: PostgresEventStore;
  let storage: MemoryStorage;
  const wrappingKeys = localKeys();

  beforeAll(async () => {
    postgres = await startPostgres();
    pool = new Pool({ connectionString: postgres.url });
  }, 60_000);
  afterAll(async () => {
    await pool.end();
    await postgres.stop();
  });
  beforeEach(async () => {
    schema = `resumed_${schemas++}`;
    store = await storeOn(postgres, schema);
    storage = new MemoryStorage();
    for (let stream = 0; stream < 5; stream++) await store.append(newStream(), newEvents(3), "no_stream");
  });
  afterEach(() => store.close());

  const backedUp = (options: Partial<BackupOptions> = {}) =>
    backUp({ storage, wrappingKeys, ...backupSource(store), storeKind: "postgresql", segmentBytes: 1500, ...options });
  const serverTime = async (): Promise<number> => {
    const { rows } = await pool.query<{ ms: string }>(
      "select floor(extract(epoch from clock_timestamp()) * 1000) as ms",
    );
    return Number(rows[0]?.ms);
  };
  /** One that ends after its first segment, as by `kill -9`. */
  const died = (options: Partial<BackupOptions> = {}) =>
    expect(
      backedUp({
        ...options,
        report: (stage) => {
          if (stage === "segment backed up") throw new Error("it died");
        },
      }),
    ).rejects.toThrow("it died");
  const draft = () => JSON.parse(`${storage.objects.get(storage.key(UNFINISHED))}`);
  const findings = async (backup: string) => (await verifyBackup({ storage, wrappingKeys, backup })).findings;

  test("is the same backup, and is sound", async () => {
    await died();
    const { id } = draft();
    const manifest = await backedUp();
    expect([manifest.id, manifest.events.total]).toEqual([id, 15]);
    expect(await findings(id)).toEqual([]);
  });

  test("leaves none of the files that were being written when it died", async () => {
    const folder = mkdtempSync(join(tmpdir(), "backups-"));
    const filesIn = (place: string) =>
      readdirSync(join(folder, "backups", place), { recursive: true, encoding: "utf8" }).map((path) => basename(path));
    const inFolder = await FolderStorage.create(folder);
    await died({ storage: inFolder });
    const [own = ""] = filesIn("unfinished");
    mkdirSync(join(folder, "backups", "manifests"));
    for (const path of [`manifests/.${randomUUID()}~${own}`, `unfinished/.${randomUUID()}~${own}`])
      writeFileSync(join(folder, "backups", path), "{");
    writeFileSync(join(folder, "backups", "unfinished", `.${randomUUID()}~of-one-before.json`), "{");

    await backedUp({ storage: inFolder });
    const [manifests, unfinished] = [filesIn("manifests"), filesIn("unfinished")];
    rmSync(folder, { recursive: true });
    expect([manifests, unfinished]).toEqual([[own], []]);
  });

  test.each([
    { what: "stays where no lock excludes the run that may be writing it", isLocked: undefined, left: 1 },
    { what: "is removed under a lock, because its run is dead", isLocked: true, left: 0 },
  ])("a first draft that is being written $what", async ({ isLocked, left }) => {
    const folder = mkdtempSync(join(tmpdir(), "backups-"));
    const drafts = join(folder, "backups", "unfinished");
    mkdirSync(drafts, { recursive: true });
    writeFileSync(join(drafts, `.${randomUUID()}~20261124T090000000Z-0a1b2c3d.json`), "{");
    await backedUp({ storage: await FolderStorage.create(folder), isLocked });
    const files = readdirSync(drafts);
    rmSync(folder, { recursive: true });
    expect(files).toHaveLength(left);
  });

  test("is not, when the store is another by now: half of it would be of each", async () => {
    await died();
    const { id } = draft();
    await pool.query(`update ${schema}.events set type = 'OfAnotherStore'`);
    const manifest = await backedUp();
    expect(manifest.id).not.toBe(id);
    expect(manifest.events.count).toBe(15);
    expect(await findings(manifest.id)).toEqual([]);
    expect([...storage.objects.keys()].filter((key) => key.startsWith(UNFINISHED))).toEqual([]);
  });

  test("is not, when what is there of it was changed", async () => {
    await died();
    const { id } = draft();
    storage.change(storage.key(UNFINISHED), (bytes) => Buffer.from(`${bytes}`.replace('"count": ', '"count": 1')));
    const manifest = await backedUp();
    expect(manifest.id).not.toBe(id);
    expect(await findings(manifest.id)).toEqual([]);
  });

  test("is not, when it goes on from another and a full one is wanted, or that one is gone", async () => {
    const { id: parent } = await backedUp();
    await store.append(newStream(), newEvents(20), "no_stream");
    await died();
    expect(draft().parent.id).toBe(parent);
    expect((await backedUp({ fullAfterDays: 0 })).parent).toBeUndefined();
    await store.append(newStream(), newEvents(20), "no_stream");
    await died();
    storage.objects.delete(`backups/manifests/${draft().parent.id}.json`);
    const { id } = await backedUp();
    expect(await findings(id)).toEqual([]);
  });

  test("has no read models that nobody wants any more", async () => {
    await died({ readModels: modelsAt("1/1") });
    expect((await backedUp()).readModels).toBeUndefined();
  });

  test("has the read models of its store alone, and says that it has no others", async () => {
    const stages: string[] = [];
    const report: BackupOptions["report"] = (stage) => stages.push(stage);
    expect((await backedUp({ readModels: modelsAt("99999999/1"), report })).readModels).toBeUndefined();
    const last = await store.lastEvent();
    const reach = last && lastEventOf(last);
    const lost = reach && { ...reach, sha256: "0".repeat(64) };
    expect((await backedUp({ readModels: modelsAt("1/1", lost), report })).readModels).toBeUndefined();
    const saying = "read models left out";
    expect(stages.filter((stage) => stage.startsWith("read models"))).toEqual([saying, saying]);
    const { readModels } = await backedUp({ readModels: modelsAt("1/1", reach) });
    expect(readModels?.checkpoints[0]?.position).toBe("1/1");
  });

  test("has other read models where its own are of events that the store has no more", async () => {
    await died({ readModels: modelsAt("1/1") });
    expect((await backedUp({ readModels: modelsAt("1/2") })).readModels?.checkpoints[0]?.position).toBe("1/1");
    await store.append("lost", newEvents(30), "no_stream");
    await died({ readModels: modelsAt("1/1") });
    await pool.query(`delete from ${schema}.events where stream = 'lost' and revision > 25`);
    expect((await backedUp({ readModels: modelsAt("1/2") })).readModels?.checkpoints[0]?.position).toBe("1/2");
  });

  test.each([
    ["null", "20261128T175411327Z-471e79e8.json", "null"],
    ["no draft", "20261128T175411327Z-471e79e8.json", '{"store":"postgresql","begun":"2026-11-28T17:54:11.327Z"}'],
    ["no JSON", "x.json", "{"],
  ])("does not stumble over %s among those that are unfinished", async (_, name, text) => {
    await died();
    const { id } = draft();
    storage.objects.set(`${UNFINISHED}${name}`, Buffer.from(text));
    expect((await backedUp()).id).toBe(id);
    expect([...storage.objects.keys()].filter((key) => key.startsWith(UNFINISHED))).toEqual([]);
  });

  test("does not stumble over what somebody has put beside the manifests", async () => {
    storage.objects.set("backups/manifests/notes.json", Buffer.from("{}"));
    const { id } = await backedUp();
    expect(await new BackupCatalog(storage).ids()).toEqual([id]);
  });

  test.each([25, -25])("is not what was begun %d hours ago by the clock", async (hours) => {
    jest.useFakeTimers({
      now: Date.now() - hours * 3_600_000,
      doNotFake: ["nextTick", "setImmediate", "setTimeout", "clearTimeout"],
    });
    try {
      await died();
    } finally {
      jest.useRealTimers();
    }
    const { id } = draft();
    expect((await backedUp()).id).not.toBe(id);
    expect([...storage.objects.keys()].filter((key) => key.startsWith(UNFINISHED))).toEqual([]);
  });

  test("is the last one, though the clock was set back", async () => {
    const { id: first } = await backedUp();
    jest.useFakeTimers({
      now: Date.now() - 60_000,
      doNotFake: ["nextTick", "setImmediate", "setTimeout", "clearTimeout"],
    });
    try {
      const { id } = await backedUp();
      expect(await new BackupCatalog(storage).ids()).toEqual([first, id]);
    } finally {
      jest.useRealTimers();
    }
  });

  test.each([3_600_000, -3_600_000])(
    "promises what the store's clock says, though the tool's differs by %d ms",
    async (difference) => {
      const events = new PostgresEventLog({ pool, schema });
      const before = await serverTime();
      jest.useFakeTimers({
        now: Date.now() + difference,
        doNotFake: ["nextTick", "setImmediate", "clearImmediate", "setTimeout", "clearTimeout", "performance"],
      });
      try {
        const { recoveryPoint } = await backedUp({ events });
        expect(Date.parse(recoveryPoint)).toBeGreaterThanOrEqual(before);
        expect(Date.parse(recoveryPoint)).toBeLessThanOrEqual(await serverTime());
      } finally {
        jest.useRealTimers();
      }
    },
  );

  test("promises no more than its last event where something older stays under way", async () => {
    const { events } = backupSource(store);
    const settle = async () => ({ isSettled: false, askedAt: new Date() });
    const unsettled = { readBatches: events.readBatches.bind(events), settle };
    let last: Date | undefined;
    for await (const event of store.readAll(undefined)) last = event.created;
    expect((await backedUp({ events: unsettled })).recoveryPoint).toBe(last?.toISOString());
    // One without an event of its own knows no more than the one before it.
    expect((await backedUp({ events: unsettled })).recoveryPoint).toBe(last?.toISOString());
    expect(Date.parse((await backedUp()).recoveryPoint)).toBeGreaterThan(last?.getTime() ?? 0);
  });
});
