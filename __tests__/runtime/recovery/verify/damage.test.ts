import { Pool } from "pg";
import { PostgresEventImport } from "../../../../runtime/adapters/postgres/postgres-event-import";
import type { PostgresEventStore } from "../../../../runtime/adapters/postgres/postgres-event-store";
import type { WrappingKeys } from "../../../../runtime/keys/wrapping-keys";
import { backUp } from "../../../../runtime/recovery/backup/backup";
import { BackupKeys } from "../../../../runtime/recovery/backup/backup-keys";
import { type Manifest, type SealedManifest, sealed } from "../../../../runtime/recovery/backup/manifest";
import type { ModelSource } from "../../../../runtime/recovery/backup/model-dump";
import { restore } from "../../../../runtime/recovery/restore/restore";
import { UnsoundBackupError } from "../../../../runtime/recovery/verify/finding";
import { verifyBackup } from "../../../../runtime/recovery/verify/verify-backup";
import { storeOn } from "../../../support/servers/postgres-store";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../support/servers/running-postgres";
import { newEvents, newStream } from "../../event-store/events";
import { backupSource } from "../backup-source";
import { localKeys } from "../local-wrapping";
import { MemoryStorage } from "../memory-storage";

const why = whyNoPostgres();
const suite = why === undefined ? describe : describe.skip;

interface Damaged {
  readonly storage: MemoryStorage;
  readonly backup: string;
  readonly keys: WrappingKeys;
}

/** A test double of read models: one table of one row, and a checkpoint. */
const models = (position: string): ModelSource => ({
  snapshot: (work) =>
    work({
      checkpoints: [{ projection: "orders", partition: 3, position }],
      tables: async function* () {
        const rows = (async function* () {
          yield Buffer.from("1\ta\n");
        })();
        yield { name: "orders", columns: ["id", "name"], rows, counted: () => 1 };
      },
    }),
});

suite(`damage to a backup${why === undefined ? "" : ` (skipped: ${why})`}`, () => {
  let postgres: RunningPostgres;
  let pool: Pool;
  let schemas = 0;

  beforeAll(async () => {
    postgres = await startPostgres();
    pool = new Pool({ connectionString: postgres.url });
  }, 60_000);
  afterAll(async () => {
    await pool.end();
    await postgres.stop();
  });

  /** A full backup of ten streams in several segments, and one that goes on from it, with read models. */
  async function sound(change?: (store: PostgresEventStore, schema: string) => Promise<unknown>): Promise<Damaged> {
    const schema = `damaged_${schemas++}`;
    const store = await storeOn(postgres, schema);
    const [storage, keys] = [new MemoryStorage(), localKeys()];
    const options = {
      storage,
      wrappingKeys: keys,
      ...backupSource(store),
      storeKind: "postgresql",
      segmentBytes: 1500,
    };
    for (let stream = 0; stream < 10; stream++) await store.append(newStream(), newEvents(3), "no_stream");
    await backUp(options);
    await store.append(newStream(), newEvents(12), "no_stream");
    await change?.(store, schema);
    const { id } = await backUp({ ...options, readModels: models("1/1") });
    await store.close();
    return { storage, keys, backup: id };
  }

  /** What `verify` names, and what `restore` says, which must write nothing. */
  async function found({ storage, backup, keys }: Damaged) {
    const { findings } = await verifyBackup({ storage, backup, wrappingKeys: keys });
    const schema = `restored_${schemas++}`;
    const refused = restore({ storage, backup, wrappingKeys: keys, events: new PostgresEventImport({ pool, schema }) });
    await expect(refused).rejects.toThrow(UnsoundBackupError);
    const { rows } = await pool.query("select nspname from pg_namespace where nspname like $1", [`${schema}%`]);
    expect(rows).toEqual([]);
    return findings.map(({ kind, where }) => [kind, where]);
  }

  const manifestOf = ({ storage, backup }: Damaged): SealedManifest =>
    JSON.parse(`${storage.objects.get(`backups/manifests/${backup}.json`)}`);

  /** As a program would write it that has the key and a fault. */
  async function resealed(damaged: Damaged, change: (manifest: Manifest) => Manifest): Promise<void> {
    const { seal: _, ...manifest } = manifestOf(damaged);
    const { bytes } = await new BackupKeys(damaged.keys).open(manifest);
    const again = JSON.stringify(sealed(change(manifest), bytes));
    damaged.storage.objects.set(`backups/manifests/${damaged.backup}.json`, Buffer.from(again));
  }

  test("none: nothing is found, and all was looked at", async () => {
    const { storage, backup, keys } = await sound();
    expect(await verifyBackup({ storage, backup, wrappingKeys: keys })).toMatchObject({
      ...{ findings: [], backups: 2, events: 42, streams: 11, tables: 1 },
    });
  });

  test.each([
    ["in its header", 5],
    ["in the middle", 400],
    ["in its last byte", -1],
  ])("a flipped bit of a segment, %s", async (_, at) => {
    const damaged = await sound();
    const key = damaged.storage.key("backups/segments/", 2);
    damaged.storage.change(key, (bytes) => {
      const index = at < 0 ? bytes.length + at : at;
      bytes[index] = (bytes[index] ?? 0) ^ 1;
      return bytes;
    });
    expect(await found(damaged)).toEqual([["segment altered", key]]);
  });

  test("a missing segment", async () => {
    const damaged = await sound();
    const key = damaged.storage.key("backups/segments/");
    damaged.storage.objects.delete(key);
    expect(await found(damaged)).toEqual([["segment missing", key]]);
  });

  test.each([1, 100, 10_000])("a segment that was truncated by %i bytes", async (count) => {
    const damaged = await sound();
    const key = damaged.storage.key("backups/segments/", 1);
    damaged.storage.change(key, (bytes) => bytes.subarray(0, Math.max(bytes.length - count, 0)));
    expect(await found(damaged)).toEqual([["segment truncated", key]]);
  });

  test("a segment that has grown", async () => {
    const damaged = await sound();
    const key = damaged.storage.key("backups/segments/", 1);
    damaged.storage.change(key, (bytes) => Buffer.concat([bytes, Buffer.from("x")]));
    expect((await found(damaged))[0]).toEqual(["segment altered", key]);
  });

  test("a table's damaged rows", async () => {
    const damaged = await sound();
    const { readModels } = manifestOf(damaged);
    const key = readModels?.tables[0]?.segment.key ?? "";
    damaged.storage.change(key, (bytes) => Buffer.from(bytes.reverse()));
    expect(await found(damaged)).toEqual([["segment altered", key]]);
  });

  test("a manifest of another backup", async () => {
    const [damaged, other] = [await sound(), await sound()];
    const bytes = other.storage.objects.get(`backups/manifests/${other.backup}.json`) ?? Buffer.alloc(0);
    damaged.storage.objects.set(`backups/manifests/${damaged.backup}.json`, bytes);
    expect(await found(damaged)).toEqual([["manifest of another backup", damaged.backup]]);
  });

  test("a manifest of another backup, with this one's id written into it", async () => {
    const [damaged, other] = [await sound(), await sound()];
    const again = JSON.stringify({ ...manifestOf(other), id: damaged.backup });
    damaged.storage.objects.set(`backups/manifests/${damaged.backup}.json`, Buffer.from(again));
    expect(await found(damaged)).toEqual([["wrong key", damaged.backup]]);
  });

  test("a manifest of a backup under the same key, with this one's id written into it", async () => {
    const damaged = await sound();
    const { parent } = manifestOf(damaged);
    const others = JSON.parse(`${damaged.storage.objects.get(`backups/manifests/${parent?.id}.json`)}`);
    const again = JSON.stringify({ ...others, id: damaged.backup });
    damaged.storage.objects.set(`backups/manifests/${damaged.backup}.json`, Buffer.from(again));
    expect(await found(damaged)).toEqual([["manifest altered", damaged.backup]]);
  });

  test.each([
    ["of another backup", "20260101T000000000Z-00000000"],
    ["that can't be", "../x"],
  ])("a manifest into which a parent was written %s", async (_, id) => {
    const damaged = await sound();
    const manifest = manifestOf(damaged);
    const again = JSON.stringify({ ...manifest, parent: { ...manifest.parent, id } });
    damaged.storage.objects.set(`backups/manifests/${damaged.backup}.json`, Buffer.from(again));
    const kind = id === "../x" ? "manifest unreadable" : "manifest altered";
    expect(await found(damaged)).toEqual([[kind, damaged.backup]]);
  });

  test("a parent that is not the one that was gone on from", async () => {
    const [damaged, other] = [await sound(), await sound()];
    const parent = manifestOf(damaged).parent?.id ?? "";
    const others = JSON.parse(`${other.storage.objects.get(other.storage.key("backups/manifests/"))}`);
    damaged.storage.objects.set(
      `backups/manifests/${parent}.json`,
      Buffer.from(JSON.stringify({ ...others, id: parent })),
    );
    expect(await found(damaged)).toEqual([["manifest of another backup", parent]]);
  });

  test("a parent that is missing", async () => {
    const damaged = await sound();
    const parent = manifestOf(damaged).parent?.id ?? "";
    damaged.storage.objects.delete(`backups/manifests/${parent}.json`);
    expect(await found(damaged)).toEqual([["manifest missing", parent]]);
  });

  test.each([
    ["no JSON", () => "{"],
    ["another format", (text: string) => text.replace('"format": 1', '"format": 2')],
    ["a list", () => "[]"],
    ["of a parent that is nothing", (text: string) => text.replace(/"parent": \{[^}]*\}/, '"parent": null')],
    ["of models without tables", (text: string) => text.replace(/"readModels": \{[\s\S]*\n {2}\}/, '"readModels": {}')],
    ["of no moment", (text: string) => text.replace(/"recoveryPoint": "[^"]*"/, '"recoveryPoint": "yesterday"')],
    ["too deep", (text: string) => text.replace(/\}\s*$/, `, "more": ${"[".repeat(200_000)}${"]".repeat(200_000)}}`)],
  ])("a manifest that is %s", async (_, change) => {
    const damaged = await sound();
    damaged.storage.change(`backups/manifests/${damaged.backup}.json`, (bytes) => Buffer.from(change(`${bytes}`)));
    expect(await found(damaged)).toEqual([["manifest unreadable", damaged.backup]]);
  });

  test("a manifest in which a number was changed", async () => {
    const damaged = await sound();
    damaged.storage.change(`backups/manifests/${damaged.backup}.json`, (bytes) =>
      Buffer.from(`${bytes}`.replace('"total": 42', '"total": 41')),
    );
    expect(await found(damaged)).toEqual([["manifest altered", damaged.backup]]);
  });

  test("the wrong key", async () => {
    const damaged = await sound();
    expect(await found({ ...damaged, keys: localKeys() })).toEqual([["wrong key", damaged.backup]]);
  });

  test("segments in the wrong order", async () => {
    const damaged = await sound();
    await resealed(damaged, (manifest) => {
      const [first, second, ...rest] = manifest.events.segments;
      if (first === undefined || second === undefined) throw new Error("not enough segments");
      return { ...manifest, events: { ...manifest.events, segments: [second, first, ...rest] } };
    });
    const kinds = (await found(damaged)).map(([kind]) => kind);
    expect(kinds).toContain("wrong order");
    expect(kinds).toContain("chain broken");
  });

  test("segments that were put into each other's places", async () => {
    const damaged = await sound();
    const [a, b] = manifestOf(damaged).events.segments.map(({ key }) => key);
    const [ofA, ofB] = [a, b].map((key) => damaged.storage.objects.get(`${key}`) ?? Buffer.alloc(0));
    damaged.storage.objects.set(`${a}`, ofB ?? Buffer.alloc(0));
    damaged.storage.objects.set(`${b}`, ofA ?? Buffer.alloc(0));
    const { findings } = await verifyBackup({ ...damaged, wrappingKeys: damaged.keys });
    const message = (place: unknown) => `the segments are in the wrong order: here is ${place}`;
    expect(findings).toEqual([
      { kind: "segment of another place", where: a, message: message(b) },
      { kind: "segment of another place", where: b, message: message(a) },
    ]);
    expect(await found(damaged)).toHaveLength(2);
  });

  test("a table's segment that is another backup's", async () => {
    const damaged = await sound();
    const key = `${manifestOf(damaged).readModels?.tables[0]?.segment.key}`;
    const place = damaged.storage.key("backups/segments/");
    damaged.storage.objects.set(key, damaged.storage.objects.get(place) ?? Buffer.alloc(0));
    const { findings } = await verifyBackup({ ...damaged, wrappingKeys: damaged.keys });
    expect(findings).toEqual([
      { kind: "segment of another place", where: key, message: `it is another backup's: here is ${place}` },
    ]);
  });

  test("a bit flipped in the name that a segment has in its header is no other segment", async () => {
    const damaged = await sound();
    const key = damaged.storage.key("backups/segments/", 2);
    damaged.storage.change(key, (bytes) => {
      const index = bytes.indexOf(key) + key.length - 1;
      bytes[index] = (bytes[index] ?? 0) ^ 1;
      return bytes;
    });
    expect(await found(damaged)).toEqual([["segment altered", key]]);
  });

  test("a gap in a stream", async () => {
    const damaged = await sound((store, schema) =>
      store
        .append("gap", newEvents(5), "no_stream")
        .then(() => pool.query(`delete from ${schema}.events where stream = 'gap' and revision in (0, 2)`)),
    );
    expect(await found(damaged)).toEqual([
      ["gap in a stream", "gap"],
      ["gap in a stream", "gap"],
    ]);
  });

  test("a model ahead of its store", async () => {
    const damaged = await sound();
    await resealed(damaged, (manifest) => ({
      ...manifest,
      readModels: {
        ...(manifest.readModels ?? { tables: [] }),
        checkpoints: [{ projection: "orders", partition: 3, position: "99999999/1" }],
      },
    }));
    expect(await found(damaged)).toEqual([["model ahead of its store", "orders, partition 3"]]);
  });
});
