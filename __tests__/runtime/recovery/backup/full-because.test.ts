import type { EventStore, StoredEvent } from "../../../../runtime/event-store/event-store";
import { type BackupOptions, backUp } from "../../../../runtime/recovery/backup/backup";
import { newEvent } from "../../event-store/events";
import { backupSource } from "../backup-source";
import { localKeys } from "../local-wrapping";
import { MemoryStorage } from "../memory-storage";

const EVENT: StoredEvent = {
  ...{ ...newEvent(), stream: "order-1", revision: 0n, metadata: {}, created: new Date(0) },
  position: { major: 1n, minor: 1n },
};

/** A test double of a store that has these events. */
const storeOf = (...events: readonly StoredEvent[]) => {
  async function* read() {
    yield* events;
  }
  return { readAll: read, readStream: read } as Partial<EventStore> as EventStore;
};

const storage = new MemoryStorage();
const first = { wrappingKeys: localKeys(), ...backupSource(storeOf(EVENT)), storeKind: "postgresql" };
const backedUp = (options: Partial<BackupOptions> = {}) => backUp({ ...first, storage, ...options });

beforeEach(() => storage.objects.clear());

test("the first goes on from nothing, and the next from it", async () => {
  const { id, fullBecause } = await backedUp();
  expect(fullBecause).toBe("it is the first");
  const next = await backedUp();
  expect([next.parent?.id, next.fullBecause]).toEqual([id, undefined]);
});

test.each<[string, Partial<BackupOptions>, RegExp]>([
  ["asked for", { fullAfterDays: 0 }, /^it was asked for$/],
  ["a chain that is too long", { fullAfterDays: 1e-9 }, /^the last full one is older than 1e-9 days$/],
  [
    "another key",
    { wrappingKeys: localKeys() },
    /^the last, \S+, is under another key: it was wrapped by local:\S+, and at hand is local:\S+$/,
  ],
  ["another kind of store", { storeKind: "kurrentdb" }, /^the last, \S+, is of another store, of postgresql$/],
  [
    "a store without that event",
    backupSource(storeOf()),
    /^the last, \S+, is of another store, or of this one before it was restored$/,
  ],
])("says of %s that it is why", async (_, options, why) => {
  await backedUp();
  const { parent, fullBecause } = await backedUp(options);
  expect(parent).toBeUndefined();
  expect(fullBecause).toMatch(why);
});

test("is full again once a clock that was a year ahead is right", async () => {
  const ahead = Date.now() + 365 * 24 * 3_600_000;
  jest.useFakeTimers({ now: ahead, doNotFake: ["nextTick", "setImmediate", "setTimeout", "clearTimeout"] });
  try {
    await backedUp();
  } finally {
    jest.useRealTimers();
  }
  const next = await backedUp();
  expect(next.fullBecause).toBe(`the last full one is of ${new Date(ahead).toISOString()}, which has not come yet`);
  expect((await backedUp()).parent?.id).toBe(next.id);
});

test("says what is wrong with a last one that can't be opened", async () => {
  const { id } = await backedUp();
  storage.objects.set(`backups/manifests/${id}.json`, Buffer.from("{"));
  expect((await backedUp()).fullBecause).toContain(
    `the last, ${id}, could not be opened: manifest unreadable: ${id}: the manifest of backup ${id} is no JSON: `,
  );
});

test("says of a store that was empty that there is nothing to go on from", async () => {
  const { id } = await backedUp(backupSource(storeOf()));
  expect((await backedUp()).fullBecause).toBe(`the last, ${id}, is of a store without events`);
});

test("one that died and is gone on with says it, too", async () => {
  const report: BackupOptions["report"] = (stage) => {
    if (stage === "events backed up") throw new Error("it died");
  };
  await expect(backedUp({ report })).rejects.toThrow("it died");
  expect((await backedUp()).fullBecause).toBe("it is the first");
});
