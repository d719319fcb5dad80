import type { PostgresEventStore } from "../../../runtime/adapters/postgres/postgres-event-store";
import { PostgresSnapshots } from "../../../runtime/adapters/postgres/postgres-snapshots";
import { decideOn, type Fold } from "../../../runtime/event-store/decision";
import type { EventStore } from "../../../runtime/event-store/event-store";
import { type SnapshotForm, type SnapshotStore, Snapshots } from "../../../runtime/event-store/snapshots";
import { poolOn } from "../../support/runtime/read-models-on";
import { storeOn } from "../../support/servers/postgres-store";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../support/servers/running-postgres";
import { newEvent, newStream } from "./events";

type Counted = { readonly type: "Counted"; readonly data: { readonly by: number } };
interface Sum {
  readonly total: number;
  readonly events: number;
}
const sum: Fold<Sum, Counted> = {
  initial: { total: 0, events: 0 },
  after: ({ total, events }, { data }) => ({ total: total + data.by, events: events + 1 }),
  snapshot: { version: "1" },
};
const counted = (by: number) => newEvent({ type: "Counted", data: Buffer.from(`{"by":${by}}`) });
const add = (by: number): readonly Counted[] => [{ type: "Counted", data: { by } }];
const why = whyNoPostgres();

(why === undefined ? describe : describe.skip)(`decisions with snapshots${why ? `, skipped: ${why}` : ""}`, () => {
  let server: RunningPostgres;
  let events: PostgresEventStore;
  let kept: PostgresSnapshots;
  /** How many events were read. */
  let read: number;
  let store: EventStore;
  const failures: unknown[] = [];
  beforeAll(async () => {
    server = await startPostgres();
    events = await storeOn(server, "snapshotted");
    kept = new PostgresSnapshots({ pool: poolOn(server) });
    await kept.migrate();
    store = Object.create(events, {
      readStream: {
        value: async function* (...args: Parameters<EventStore["readStream"]>) {
          for await (const event of events.readStream(...args)) {
            read++;
            yield event;
          }
        },
      },
    });
  }, 60_000);
  afterAll(async () => {
    await Promise.all([events.close(), kept.close()]);
    await server.stop();
  });
  beforeEach(() => {
    failures.length = 0;
    read = 0;
  });

  const snapshots = (more: Partial<ConstructorParameters<typeof Snapshots>[0]> = {}) =>
    new Snapshots({ store: kept, every: 10, failed: (error) => void failures.push(error), ...more });
  const filled = async (count: number) => {
    const stream = newStream();
    await events.append(
      stream,
      Array.from({ length: count }, () => counted(1)),
      "no_stream",
    );
    return stream;
  };
  /** What a decision sees. */
  const seen = async (stream: string, by?: Snapshots, fold: Fold<Sum, Counted> = sum): Promise<Sum | undefined> => {
    let state: Sum | undefined;
    read = 0;
    const decide = (at: Sum): readonly Counted[] => {
      state = at;
      return [];
    };
    await decideOn(store, stream, fold, decide, { correlationId: "c", snapshots: by });
    return state;
  };
  const untilKept = async (stream: string, version = "1") => {
    for (;;) {
      const found = await kept.load(stream, version);
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  test("read the newest events alone, and see what all events say", async () => {
    const stream = await filled(25);
    expect([await seen(stream, snapshots()), read]).toEqual([{ total: 25, events: 25 }, 25]);
    expect(await untilKept(stream)).toMatchObject({ revision: 24n, state: '{"total":25,"events":25}' });
    await decideOn(store, stream, sum, () => add(5), { correlationId: "c", snapshots: snapshots() });
    // The last event of the snapshot is read, too, to see that it is of this stream.
    expect([await seen(stream, snapshots()), read]).toEqual([{ total: 30, events: 26 }, 2]);
    expect(failures).toEqual([]);
  });

  test("read 2 events of 30,000", async () => {
    const stream = newStream();
    for (let part = 0; part < 3; part++)
      await events.append(
        stream,
        Array.from({ length: 10_000 }, () => counted(1)),
        "any",
      );
    expect((await seen(stream, snapshots()))?.total).toBe(30_000);
    await untilKept(stream);
    await events.append(stream, [counted(1)], "any");
    expect([(await seen(stream, snapshots()))?.total, read]).toEqual([30_001, 2]);
  }, 60_000);

  test("keep none before there are enough events, and the next one after as many more", async () => {
    const stream = await filled(9);
    await seen(stream, snapshots());
    await events.append(stream, [counted(1)], "any");
    await seen(stream, snapshots());
    expect((await untilKept(stream)).revision).toBe(9n);
    await events.append(
      stream,
      Array.from({ length: 10 }, () => counted(1)),
      "any",
    );
    await seen(stream, snapshots());
    while ((await kept.load(stream, "1"))?.revision !== 19n) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  test("of another version of the fold are not looked at", async () => {
    const stream = await filled(10);
    await seen(stream, snapshots());
    await untilKept(stream);
    const twice: Fold<Sum, Counted> = {
      ...sum,
      after: ({ total, events: number }, { data }) => ({ total: total + 2 * data.by, events: number + 1 }),
      snapshot: { version: "2" },
    };
    expect((await seen(stream, snapshots(), twice))?.total).toBe(20);
    await untilKept(stream, "2");
    expect([(await seen(stream, snapshots()))?.total, (await seen(stream, snapshots(), twice))?.total]).toEqual([
      10, 20,
    ]);
  });

  test.each<[string, { revision: bigint; eventId?: string }]>([
    ["has another event at its revision, as after a restore", { revision: 5n, eventId: newEvent().id }],
    ["ends before its revision", { revision: 99n }],
  ])("are not believed where the stream %s", async (_, { revision, eventId }) => {
    const stream = await filled(10);
    const state = '{"total":1000,"events":1000}';
    await kept.save(stream, "1", { revision, eventId: eventId ?? newEvent().id, state });
    expect(await seen(stream, snapshots())).toEqual({ total: 10, events: 10 });
  });

  test.each<[string, number, Partial<SnapshotStore>]>([
    ["fails", 4, { load: () => Promise.reject(new Error("away")), save: () => Promise.reject(new Error("away")) }],
    ["hangs", 4, { load: () => new Promise(() => {}), save: () => new Promise(() => {}) }],
    [
      "has what is no state",
      2,
      { load: async () => ({ revision: 1n, eventId: "x", state: "{" }), save: async () => {} },
    ],
  ])("are not needed: a store of them that %s", async (_, times, broken) => {
    const stream = await filled(10);
    const by = snapshots({ store: broken as SnapshotStore, limitMs: 50 });
    expect(await seen(stream, by)).toEqual({ total: 10, events: 10 });
    await decideOn(store, stream, sum, () => add(1), { correlationId: "c", snapshots: by });
    expect((await seen(stream))?.total).toBe(11);
    while (failures.length < times) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(failures).toHaveLength(times);
  });

  test.each<[string, object, SnapshotForm<object> | undefined, number]>([
    ["JSON loses", { by: new Map([["a", 1]]) }, undefined, 0],
    ["JSON changes", { at: new Date(0) }, undefined, 0],
    [
      "is written and read in a form of its own",
      { by: new Map([["a", 1]]) },
      {
        version: "1",
        write: (state) => JSON.stringify([...(state as { by: Map<string, number> }).by]),
        read: (text) => ({ by: new Map(JSON.parse(text)) }),
      },
      1,
    ],
  ])("of a state that %s", async (_, state, form, snapshotsMade) => {
    const stream = await filled(10);
    let asked = 0;
    const counting: SnapshotStore = { load: async () => undefined, save: async () => void asked++ };
    const fold = { initial: state, after: () => state, snapshot: form ?? { version: "1" } };
    const by = snapshots({ store: counting });
    await decideOn<object, Counted>(store, stream, fold, () => [], { correlationId: "c", snapshots: by });
    await new Promise((resolve) => setImmediate(resolve));
    expect([asked, failures.length]).toEqual([snapshotsMade, 1 - snapshotsMade]);
  });

  test("decide as without them, whatever is decided in whatever order", async () => {
    const [one, other] = [newStream(), newStream()];
    for (let round = 0; round < 60; round++) {
      const by = (round * 7) % 5;
      const decide = ({ total }: Sum) => (by === 0 ? [] : add(total % by));
      const from = { correlationId: "c", causationId: `e-${round}` };
      const withThem = await decideOn(store, one, sum, decide, { ...from, snapshots: snapshots({ every: 3 }) });
      expect(withThem).toEqual(await decideOn(store, other, sum, decide, from));
    }
    expect(await seen(one, snapshots())).toEqual(await seen(other));
    expect(failures).toEqual([]);
  });

  test("of a fold that does not say how are refused", async () => {
    const { snapshot: _, ...plain } = sum;
    const refused = decideOn(store, newStream(), plain, () => [], { correlationId: "c", snapshots: snapshots() });
    await expect(refused).rejects.toThrow(new RangeError("fold.snapshot: must be given for snapshots"));
  });

  test.each([0, 1.5, -1, Number.NaN])("can't be made every %d events", (every) => {
    expect(() => snapshots({ every })).toThrow(new RangeError(`every: must be a whole number above 0, got ${every}`));
  });
});
