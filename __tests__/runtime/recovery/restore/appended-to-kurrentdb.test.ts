import { KurrentDbEventStore } from "../../../../runtime/adapters/kurrentdb/kurrentdb-event-store";
import { batchesOf, type EventLog } from "../../../../runtime/event-store/event-batches";
import type { EventStore, StoredEvent } from "../../../../runtime/event-store/event-store";
import { backUp } from "../../../../runtime/recovery/backup/backup";
import { BackupCatalog } from "../../../../runtime/recovery/backup/backup-catalog";
import { BackupKeys } from "../../../../runtime/recovery/backup/backup-keys";
import type { KnownStore } from "../../../../runtime/recovery/backup/last-event";
import { AppendedEventImport } from "../../../../runtime/recovery/restore/appended-event-import";
import { StoreNotEmptyError } from "../../../../runtime/recovery/restore/event-import";
import { restore } from "../../../../runtime/recovery/restore/restore";
import { openBackup } from "../../../../runtime/recovery/verify/opened-backup";
import { verifyBackup } from "../../../../runtime/recovery/verify/verify-backup";
import { verifyStore } from "../../../../runtime/recovery/verify/verify-store";
import { KurrentDbStandIn } from "../../../support/servers/kurrentdb-stand-in";
import { bySchedule } from "../../../support/test-run/nightly";
import { allOf, newEvent, newEvents } from "../../event-store/events";
import { localKeys } from "../local-wrapping";
import { MemoryStorage } from "../memory-storage";

/** What is left of streams: all of `whole`, the end of `cut`, and of `scavenged` what nobody has scavenged. */
const LEFT = {
  whole: [0, 1, 2, 3, 4, 5],
  cut: [5, 6, 7, 8, 9, 10],
  scavenged: [0, 1, 4, 5, 9, 12],
} as const;

/** A store's log as KurrentDB has it after all that: a stream's event after another's, two by two. */
function history(): readonly StoredEvent[] {
  const events: Omit<StoredEvent, "position" | "created">[] = [];
  for (const turn of [0, 2, 4])
    for (const [stream, revisions] of Object.entries(LEFT))
      for (const revision of revisions.slice(turn, turn + 2))
        events.push({
          ...{ stream, revision: BigInt(revision), metadata: { by: "someone" } },
          ...newEvent({ data: Buffer.from(`{"stream":"${stream}", "revision":${revision}}`) }),
        } as StoredEvent);
  return events.map((event, index) => ({
    ...event,
    position: { major: BigInt(1000 + index * 97), minor: BigInt(1000 + index * 97) },
    created: new Date(Date.UTC(2026, 0, 1) + index),
  }));
}

describe("a restore by appending, on a protocol stand-in for KurrentDB", () => {
  const wrappingKeys = localKeys();
  let storage: MemoryStorage;
  let events: readonly StoredEvent[];
  let backup: string;
  let standIn: KurrentDbStandIn;
  let target: KurrentDbEventStore;

  beforeEach(async () => {
    storage = new MemoryStorage();
    events = history();
    const log: EventLog = {
      readBatches: async function* () {
        yield events;
      },
    };
    const store: KnownStore = {
      keepsEvents: false,
      readStream: async function* (stream, { from = 0n } = {}) {
        yield* events.filter((each) => each.stream === stream && each.revision >= from);
      },
      lastEvent: async () => events.at(-1),
    };
    ({ id: backup } = await backUp({ storage, wrappingKeys, events: log, store, storeKind: "kurrentdb" }));
    standIn = await KurrentDbStandIn.start();
    standIn.log.addSystemEvent();
    target = new KurrentDbEventStore({ connectionString: `kurrentdb://127.0.0.1:${standIn.port}?tls=false` });
  });
  afterEach(async () => {
    await target.close();
    standIn.stop();
  });

  const restored = (store: EventStore = target) =>
    restore({ storage, wrappingKeys, backup, events: new AppendedEventImport(store) });
  const told = async () =>
    (await allOf(target.readAll(undefined)))
      .filter(({ stream }) => stream !== "cqrs-ops-restore")
      .map(({ stream, id, data, metadata }) => [stream, id, `${Buffer.from(data)}`, metadata.$originalEventNumber]);
  const wanted = () =>
    events.map(({ stream, id, data, revision }) => [stream, id, `${Buffer.from(data)}`, `${revision}`]);
  const compared = async () => {
    const lineage = await openBackup(new BackupCatalog(storage), new BackupKeys(wrappingKeys), backup, () => {});
    const log = { readBatches: (...of: Parameters<EventStore["readAll"]>) => batchesOf(target.readAll(...of)) };
    return verifyStore(log, storage, lineage);
  };
  /** The store, for one that dies at an append, before it or after it. */
  const dyingAt = (append: number, when: "before" | "after"): EventStore => {
    let appends = 0;
    return new Proxy<EventStore>(target, {
      get: (store, name: keyof EventStore) => {
        const member = store[name];
        if (name !== "append") return typeof member === "function" ? member.bind(store) : member;
        return async (...of: Parameters<EventStore["append"]>) => {
          const isLast = ++appends === append;
          if (isLast && when === "before") throw new Error("it died");
          const appended = await store.append(...of);
          if (isLast) throw new Error("it died");
          return appended;
        };
      },
    });
  };

  test("keeps order, ids, bytes and the revisions in metadata of streams that were cut off and scavenged", async () => {
    expect((await verifyBackup({ storage, wrappingKeys, backup })).findings).toEqual([]);
    await restored();
    expect(await told()).toEqual(wanted());
    const cut = await allOf(target.readStream("cut"));
    expect(cut.map(({ revision }) => revision)).toEqual([0n, 1n, 2n, 3n, 4n, 5n]);
    expect(cut[0]?.metadata).toEqual({
      by: "someone",
      $originalCreatedDate: "2026-01-01T00:00:00.002Z",
      $originalEventNumber: "5",
      $originalEventPosition: "1194/1194",
    });
  });

  /** Those that begin and end the restore, and of those of events the first, one in the middle and the last. */
  const appends = bySchedule({
    always: [1, 2, 6, 10, 11],
    nightly: Array.from({ length: 11 }, (_, index) => index + 1),
  });
  test.each(
    appends.flatMap((append) => [
      { append, when: "before" as const },
      { append, when: "after" as const },
    ]),
  )("that died $when its append $append is finished by another, with nothing doubled", async ({ append, when }) => {
    await expect(restored(dyingAt(append, when))).rejects.toThrow("it died");
    await restored();
    expect(await told()).toEqual(wanted());
    await restored();
    expect(await told()).toEqual(wanted());
  });

  test("refuses a stream that somebody else has appended to meanwhile", async () => {
    await expect(restored(dyingAt(4, "before"))).rejects.toThrow("it died");
    await target.append("scavenged", newEvents(1), "no_stream");
    await expect(restored()).rejects.toThrow(StoreNotEmptyError);
  });

  test("gives a store that is compared with its backup, though positions and revisions are its own", async () => {
    await restored();
    expect(await compared()).toEqual({ findings: [], events: 18, since: 0 });
    await target.append("whole", newEvents(2), 5n);
    expect(await compared()).toEqual({ findings: [], events: 18, since: 2 });
  });

  test("gives a store of which another event in between is told", async () => {
    await expect(restored(dyingAt(2, "before"))).rejects.toThrow("it died");
    await target.append("another", newEvents(1), "no_stream");
    await restored();
    expect((await compared()).findings).toEqual([
      {
        ...{ kind: "events differ", where: "whole" },
        message: "from revision 0 of the backup on: the store has another event there",
      },
    ]);
  });

  test("gives a store that ends too early, when it died", async () => {
    await expect(restored(dyingAt(4, "before"))).rejects.toThrow("it died");
    expect(await compared()).toMatchObject({
      findings: [{ where: "scavenged", message: "from revision 0 of the backup on: the store ends before it" }],
      events: 4,
    });
  });
});
