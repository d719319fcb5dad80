import { Pool } from "pg";
import { MemorySubjectKeys } from "../../../../runtime/adapters/local/memory-subject-keys";
import { PostgresEventImport } from "../../../../runtime/adapters/postgres/postgres-event-import";
import type { PostgresEventStore } from "../../../../runtime/adapters/postgres/postgres-event-store";
import { FORGOTTEN } from "../../../../runtime/keys/subject-keys";
import { backUp } from "../../../../runtime/recovery/backup/backup";
import { restore } from "../../../../runtime/recovery/restore/restore";
import { DeletedSubjects } from "../../../../runtime/recovery/subjects/deleted-subjects";
import { verifyBackup } from "../../../../runtime/recovery/verify/verify-backup";
import { storeOn } from "../../../support/servers/postgres-store";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../support/servers/running-postgres";
import { allOf, newEvent, newEvents, newStream } from "../../event-store/events";
import { backupSource } from "../backup-source";
import { localKeys } from "../local-wrapping";
import { MemoryStorage } from "../memory-storage";

const why = whyNoPostgres();
const suite = why === undefined ? describe : describe.skip;

suite(`a restore into PostgreSQL${why === undefined ? "" : ` (skipped: ${why})`}`, () => {
  let postgres: RunningPostgres;
  let pool: Pool;
  let store: PostgresEventStore;
  let schema: string;
  let schemas = 0;
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
    schema = `store_${schemas++}`;
    store = await storeOn(postgres, schema);
  });
  afterEach(() => store.close());

  const backedUp = (storage: MemoryStorage, segmentBytes?: number) =>
    backUp({ storage, wrappingKeys, ...backupSource(store), storeKind: "postgresql", segmentBytes });
  const drop = () => pool.query(`drop schema ${schema} cascade`);
  const all = () => allOf(store.readAll(undefined));

  test("gives every event back as it was, and the store goes on behind them", async () => {
    const storage = new MemoryStorage();
    const [a, b] = [newStream(), newStream()];
    await store.append(a, newEvents(3), "no_stream");
    await store.append(
      b,
      [newEvent({ data: Buffer.from([0, 255, 10, 9, 92]), type: "Odd\\Nß", metadata: { "10": "a\tb", x: "\\N\n" } })],
      "no_stream",
    );
    await store.append(a, newEvents(2), 2n);
    const before = await all();
    const { id } = await backedUp(storage, 300);
    await drop();

    const restored = await restore({
      ...{ storage, wrappingKeys, backup: id },
      events: new PostgresEventImport({ pool, schema }),
    });

    expect(restored).toMatchObject({ backup: id, events: 6, former: undefined, deletedSubjects: 0 });
    expect(await all()).toEqual(before);
    await store.append(a, newEvents(1), 4n);
    await store.append(newStream(), newEvents(1), "no_stream");
    expect((await all()).slice(0, 6)).toEqual(before);
    expect(await all()).toHaveLength(8);
  });

  test.each([0, -1, 1.5, Number.NaN, 67_108_865])("refuses writes of %s bytes", async (writeBytes) => {
    const storage = new MemoryStorage();
    await store.append(newStream(), newEvents(1), "no_stream");
    const { id: backup } = await backedUp(storage);
    await drop();
    const events = new PostgresEventImport({ pool, schema });
    const message = `writeBytes: must be a whole number from 1 to 67108864, got ${writeBytes}`;
    await expect(restore({ storage, wrappingKeys, backup, events, writeBytes })).rejects.toThrow(
      new RangeError(message),
    );
  });

  test("takes what each backup of a chain has added", async () => {
    const storage = new MemoryStorage();
    await store.append(newStream(), newEvents(3), "no_stream");
    const full = await backedUp(storage);
    await store.append(newStream(), newEvents(4), "no_stream");
    const second = await backedUp(storage);
    const empty = await backedUp(storage);
    const before = await all();
    await drop();

    await restore({ storage, wrappingKeys, backup: empty.id, events: new PostgresEventImport({ pool, schema }) });

    expect([full, second, empty].map(({ events }) => events.count)).toEqual([3, 4, 0]);
    expect([second.parent?.id, empty.parent?.id]).toEqual([full.id, second.id]);
    expect(await all()).toEqual(before);
  });

  test("begins a new chain where the store is not the one that was backed up", async () => {
    const storage = new MemoryStorage();
    const stream = newStream();
    await store.append(stream, newEvents(1), "no_stream");
    await backedUp(storage);
    await pool.query(`delete from ${schema}.events`);
    await store.append(stream, newEvents(1), "no_stream");

    const { parent, fullBecause } = await backedUp(storage);
    expect(parent).toBeUndefined();
    expect(fullBecause).toMatch(/^the last, \S+, is of another store, or of this one before it was restored$/);
  });

  test("refuses a store that has events, and keeps them beside it when its name is said", async () => {
    const storage = new MemoryStorage();
    await store.append(newStream(), newEvents(2), "no_stream");
    const { id } = await backedUp(storage);
    const before = await all();
    await store.append(newStream(), newEvents(1), "no_stream");
    const later = await all();
    const events = new PostgresEventImport({ pool, schema });

    const report = jest.fn();
    const refused = restore({ storage, wrappingKeys, backup: id, events, report });
    await expect(refused).rejects.toThrow(
      new RegExp(
        `^${schema}: must be empty to be restored into, got events up to \\S+: with --replace ${schema} they are replaced, and kept beside it$`,
      ),
    );
    // Nobody has waited for the backup to be verified.
    expect(report).not.toHaveBeenCalled();
    await expect(restore({ storage, wrappingKeys, backup: id, events, replace: "event_store" })).rejects.toThrow(
      "must be empty",
    );
    expect(await all()).toEqual(later);

    const { former } = await restore({ storage, wrappingKeys, backup: id, events, replace: schema });
    expect(await all()).toEqual(before);
    const { rows } = await pool.query(`select count(*)::int from ${former}.events`);
    expect(rows).toEqual([{ count: 3 }]);
  });

  test("done again, with nothing appended since, changes nothing", async () => {
    const storage = new MemoryStorage();
    await store.append(newStream(), newEvents(2), "no_stream");
    const { id } = await backedUp(storage);
    await drop();
    const events = new PostgresEventImport({ pool, schema });
    await restore({ storage, wrappingKeys, backup: id, events });
    const before = await all();

    expect(await restore({ storage, wrappingKeys, backup: id, events })).toMatchObject({ former: undefined });
    expect(await all()).toEqual(before);
  });

  test("gives those who had rights on the store rights on it again", async () => {
    const storage = new MemoryStorage();
    await store.append(newStream(), newEvents(1), "no_stream");
    await pool.query(`create role reader_${schema}; grant usage on schema ${schema} to reader_${schema};
      grant select on ${schema}.events to reader_${schema}`);
    const { id } = await backedUp(storage);

    await restore({
      storage,
      wrappingKeys,
      backup: id,
      events: new PostgresEventImport({ pool, schema }),
      replace: schema,
    });

    const { rows } =
      await pool.query(`select has_table_privilege('reader_${schema}', '${schema}.events', 'select') as events,
      has_schema_privilege('reader_${schema}', '${schema}', 'usage') as schema`);
    expect(rows).toEqual([{ events: true, schema: true }]);
  });

  test("deletes again whoever was forgotten since the backup", async () => {
    const storage = new MemoryStorage();
    const keys = new MemorySubjectKeys();
    const deletedSubjects = new DeletedSubjects(storage, keys);
    await deletedSubjects.record("customer-1");
    await deletedSubjects.record("customer-1");
    await keys.putIfAbsent({
      ...{ id: "k1", subject: "customer-1", generation: 1 },
      wrapped: { wrappedBy: "key", bytes: Buffer.from("wrapped") },
    });
    await store.append(newStream(), newEvents(1), "no_stream");
    const { id } = await backedUp(storage);
    await drop();
    const events = new PostgresEventImport({ pool, schema });

    const restored = await restore({ storage, wrappingKeys, backup: id, events, deletedSubjects });

    expect(restored.deletedSubjects).toBe(1);
    expect(await keys.newest("customer-1")).toBe(FORGOTTEN);
  });

  test.each([
    ["is cut", () => '{"subj'],
    ["names nobody", () => "{}"],
    ["names somebody else, who would lose his keys", () => '{"subject":"customer-2"}'],
  ])("refuses a ledger of deleted subjects of which an entry %s", async (_, damage) => {
    const storage = new MemoryStorage();
    const keys = new MemorySubjectKeys();
    const deletedSubjects = new DeletedSubjects(storage, keys);
    for (const subject of ["customer-1", "customer-3"]) await deletedSubjects.record(subject);
    const wrapped = { wrappedBy: "key", bytes: Buffer.from("wrapped") };
    for (const subject of ["customer-2", "customer-3"])
      await keys.putIfAbsent({ id: subject, subject, generation: 1, wrapped });
    const damaged = storage.key("deleted-subjects/");
    storage.objects.set(damaged, Buffer.from(damage()));
    await store.append(newStream(), newEvents(1), "no_stream");
    const { id } = await backedUp(storage);
    await drop();
    const events = new PostgresEventImport({ pool, schema });
    const findings = [expect.objectContaining({ kind: "ledger entry damaged", where: damaged })];

    expect((await verifyBackup({ storage, wrappingKeys, backup: id })).findings).toEqual(findings);
    const refused = restore({ storage, wrappingKeys, backup: id, events, deletedSubjects });
    await expect(refused).rejects.toMatchObject({ findings });
    expect((await pool.query("select from pg_namespace where nspname like $1", [`${schema}%`])).rows).toEqual([]);

    // All the others are forgotten all the same.
    await expect(deletedSubjects.deleteAgain()).rejects.toMatchObject({ findings });
    expect(await keys.newest("customer-2")).toMatchObject({ id: "customer-2" });
    const left = JSON.parse(`${storage.objects.get(storage.key("deleted-subjects/", 1))}`).subject;
    expect(await keys.newest(left)).toBe(FORGOTTEN);
    // By nothing but this: a service adds entries, and changes none.
    for (const subject of ["customer-1", "customer-3"]) await deletedSubjects.record(subject);
    await expect(deletedSubjects.deleteAgain()).rejects.toMatchObject({ findings });
    for (const subject of ["customer-1", "customer-3"]) await deletedSubjects.recordAnew(subject);
    expect(await deletedSubjects.deleteAgain()).toBe(2);
  });
});
