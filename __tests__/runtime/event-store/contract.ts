import { randomUUID } from "node:crypto";
import {
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  RevisionError,
} from "../../../runtime/event-store/event-store";
import { comparePositions, type Position } from "../../../runtime/event-store/position";
import { allOf, firstOf, idsOf, newEvent, newEvents, newStream } from "./events";

/** A store that the contract is tried on. */
export interface Subject {
  readonly store: EventStore;
  /** Another one on the same events, which the test closes. */
  another(): Promise<EventStore>;
  /** Closes the store, and what was started for it. */
  stop(): Promise<void>;
}

/** What bytes are kept as they are, though a reader who parses and writes them again would change them. */
const BYTES: readonly { readonly name: string; readonly data: Buffer }[] = [
  { name: "a number that a double can't hold", data: Buffer.from('{"id":9007199254740993,"price":1.10}') },
  { name: "keys that are numbers, twice the same, and spaces", data: Buffer.from('{ "b":1, "2":2, "1":3, "b":4 }\n') },
  { name: "characters of every length, and escaped ones", data: Buffer.from('{"ä€😀\\u0000\\ud83d":"\\/"}') },
  { name: "no JSON at all", data: Buffer.from([0, 255, 254, 128, 10, 13, 0]) },
  { name: "nothing", data: Buffer.alloc(0) },
  { name: "1 MB", data: Buffer.alloc(1_000_000, '{"a":"0123456789"}') },
];

/** What every event store does; `start` gives one that others may have written to before. */
export function eventStoreContract(start: () => Promise<Subject>): void {
  let subject: Subject;
  let store: EventStore;
  /** Where the events of a test begin. */
  let before: Position | undefined;

  beforeAll(async () => {
    subject = await start();
    store = subject.store;
  }, 60_000);
  beforeEach(async () => {
    before = await store.head();
  });
  afterAll(() => subject.stop());

  describe("append", () => {
    test("numbers a stream's events from 0 on, and says where the last one stands", async () => {
      const stream = newStream();
      const events = newEvents(3);
      const appended = await store.append(stream, events, "no_stream");
      expect(appended.revision).toBe(2n);
      const stored = await allOf(store.readStream(stream));
      expect(stored.map(({ revision }) => revision)).toEqual([0n, 1n, 2n]);
      expect(stored.at(-1)?.position).toEqual(appended.position);
      expect((await store.append(stream, newEvents(1), 2n)).revision).toBe(3n);
      expect((await store.append(stream, newEvents(1), "any")).revision).toBe(4n);
    });

    test("keeps the type, the metadata, the id and the time of an event", async () => {
      const stream = newStream();
      const metadata = { correlationId: "7", ключ: 'a"b\\c\u0000', "": "", __proto__x: "{}" };
      const event = newEvent({ type: "Заказ/Created v2", metadata });
      await store.append(stream, [event, newEvent()], "any");
      const [first, second] = await allOf(store.readStream(stream));
      expect(first).toMatchObject({ stream, id: event.id, type: event.type, metadata });
      expect(Math.abs(Date.now() - (first?.created.getTime() ?? 0))).toBeLessThan(60_000);
      expect(second?.metadata).toEqual({});
    });

    test.each(BYTES)("keeps the bytes of $name", async ({ data }) => {
      const stream = newStream();
      await store.append(stream, [newEvent({ data })], "no_stream");
      const [read] = await allOf(store.readStream(stream));
      expect(Buffer.compare(read?.data ?? Buffer.of(), data)).toBe(0);
      const [followed] = await firstOf(1, store.readAll(before));
      expect(Buffer.compare(followed?.data ?? Buffer.of(), data)).toBe(0);
    });

    test.each<["no_stream" | bigint, bigint | undefined, string]>([
      ["no_stream", 1n, "there is one"],
      [0n, 1n, "it is further"],
      [7n, 1n, "it is not so far"],
      [0n, undefined, "there is none"],
    ])("refuses %s where %s is: %s", async (expected, actual) => {
      const stream = newStream();
      if (actual !== undefined) await store.append(stream, newEvents(Number(actual) + 1), "no_stream");
      const refused = store.append(stream, newEvents(2), expected);
      await expect(refused).rejects.toBeInstanceOf(RevisionError);
      await expect(refused).rejects.toMatchObject({ stream, expected, actual });
      expect(await allOf(store.readStream(stream))).toHaveLength(actual === undefined ? 0 : 2);
    });

    test("of the same ids again gives what it gave, and appends nothing", async () => {
      const stream = newStream();
      const [first, second] = [newEvents(2), newEvents(2)];
      const appended = [await store.append(stream, first, "no_stream"), await store.append(stream, second, 1n)];
      await store.append(stream, newEvents(1), 3n);
      expect(await store.append(stream, first, "no_stream")).toEqual(appended[0]);
      expect(await store.append(stream, second, 1n)).toEqual(appended[1]);
      expect(await store.append(stream, second, "any")).toEqual(appended[1]);
      expect(await allOf(store.readStream(stream))).toHaveLength(5);
    });

    test("refuses ids of which some are there, and others are not", async () => {
      const stream = newStream();
      const events = newEvents(2);
      await store.append(stream, events, "no_stream");
      await expect(store.append(stream, [...events, newEvent()], "no_stream")).rejects.toMatchObject({ actual: 1n });
      await expect(store.append(stream, [...events].reverse(), "no_stream")).rejects.toMatchObject({ actual: 1n });
      expect(await allOf(store.readStream(stream))).toHaveLength(2);
    });

    test("of an id that another stream has is another event", async () => {
      const [one, other] = [newStream(), newStream()];
      const events = newEvents(1);
      await store.append(one, events, "no_stream");
      await store.append(other, events, "no_stream");
      expect(idsOf(await allOf(store.readStream(other)))).toEqual(idsOf(events));
    });

    test.each<{ message: string; stream?: string; events?: readonly NewEvent[]; expected?: bigint }>([
      { message: "stream: must be 1 to 1024 bytes, got 0", stream: "" },
      { message: "stream: must be 1 to 1024 bytes, got 1025", stream: "s".repeat(1025) },
      { message: "stream: must be without $ at its beginning, which is the store's own, got $all", stream: "$all" },
      { message: 'stream: must be of characters that can be written, got "a\\u0000"', stream: "a\u0000" },
      { message: "expected: must be at least 0, got -1", expected: -1n },
      { message: "events: must be 1 to 10000, got 0", events: [] },
      { message: "events[0].id: must be a UUID, got 7", events: [newEvent({ id: "7" })] },
      { message: "events[0].type: must be 1 to 1024 bytes, got 0", events: [newEvent({ type: "" })] },
      {
        message: "events[0].type: must be without $ at its beginning, which is the store's own, got $metadata",
        events: [newEvent({ type: "$metadata" })],
      },
      {
        message: "events: must be at most 1048576 bytes, got 1048602",
        events: [newEvent({ data: Buffer.alloc(1024 * 1024) })],
      },
    ])("refuses what not every store can keep: $message", async ({ message, stream, events, expected }) => {
      const refused = store.append(stream ?? "s", events ?? newEvents(1), expected ?? "any");
      await expect(refused).rejects.toThrow(new RangeError(message));
    });

    test.each(["a\0", "a\ud800", "\n"])("refuses to read the stream %j, which can't be", async (stream) => {
      const refused = `stream: must be of characters that can be written, got ${JSON.stringify(stream)}`;
      await expect(allOf(store.readStream(stream))).rejects.toThrow(new RangeError(refused));
      await expect(store.readLast(stream)).rejects.toThrow(new RangeError(refused));
    });

    test.each<[unknown, string]>([
      ["none", '"none"'],
      ["", '""'],
      [0, "the number 0, which is no bigint"],
      ["0", '"0"'],
      [undefined, "undefined"],
      [null, "null"],
    ])("refuses to expect %j, as JavaScript may, and sends nothing", async (expected, got) => {
      const refused = store.append(newStream(), newEvents(1), expected as ExpectedRevision);
      await expect(refused).rejects.toThrow(
        new RangeError(`expected: must be "any", "no_stream" or a revision, got ${got}`),
      );
      expect(await store.head()).toEqual(before);
    });

    test("refuses an id twice", async () => {
      const event = newEvent();
      await expect(store.append("s", [event, event], "any")).rejects.toThrow(
        new RangeError(`events[1].id: must be another than those before it, got ${event.id}`),
      );
    });
  });

  describe("of many at once", () => {
    const WRITERS = 20;

    test("lets one in at a revision, and tells the others where the stream is", async () => {
      const stream = newStream();
      const writers = Array.from({ length: WRITERS }, () => store.append(stream, newEvents(2), "no_stream"));
      const outcomes = await Promise.allSettled(writers);
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      const refusals = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
      expect(refusals.every((reason) => reason instanceof RevisionError && reason.actual === 1n)).toBe(true);
      expect(await allOf(store.readStream(stream))).toHaveLength(2);
    });

    test("lets all in at any revision, without a gap, and in one order for the stream and for all", async () => {
      const stream = newStream();
      const streams = Array.from({ length: WRITERS }, newStream);
      await Promise.all(
        streams.map(async (own) => {
          for (let round = 0; round < 5; round++) {
            await store.append(stream, newEvents(2), "any");
            await store.append(own, newEvents(1), "any");
          }
        }),
      );
      const all = await allOf(store.readAll(before));
      expect(all).toHaveLength(WRITERS * 5 * 3);
      for (const each of [stream, ...streams]) {
        const ofStream = all.filter((event) => event.stream === each);
        expect(ofStream.map(({ revision }) => Number(revision))).toEqual(ofStream.map((_, index) => index));
        expect(ofStream).toEqual(await allOf(store.readStream(each)));
      }
    });

    test("counts on when a writer tries again with what it was told", async () => {
      const stream = newStream();
      const increment = async (expected: "no_stream" | bigint): Promise<bigint> => {
        try {
          return (await store.append(stream, newEvents(1), expected)).revision;
        } catch (error) {
          if (error instanceof RevisionError) return increment(error.actual ?? "no_stream");
          throw error;
        }
      };
      const revisions = await Promise.all(Array.from({ length: WRITERS }, () => increment("no_stream")));
      expect(revisions.map(Number).sort((a, b) => a - b)).toEqual(revisions.map((_, index) => index));
    });

    test("appends the same ids, sent at once, once", async () => {
      const stream = newStream();
      const events = newEvents(3);
      const all = await Promise.all(Array.from({ length: 5 }, () => store.append(stream, events, "no_stream")));
      expect(new Set(all.map(({ revision }) => revision))).toEqual(new Set([2n]));
      expect(await allOf(store.readStream(stream))).toHaveLength(3);
    });
  });

  describe("reading", () => {
    test("a stream that there isn't gives nothing", async () => {
      expect(await allOf(store.readStream(newStream()))).toEqual([]);
    });

    test("a stream begins where it is told", async () => {
      const stream = newStream();
      await store.append(stream, newEvents(5), "no_stream");
      const revisions = async (from: bigint) =>
        (await allOf(store.readStream(stream, { from }))).map(({ revision }) => revision);
      expect(await revisions(3n)).toEqual([3n, 4n]);
      expect(await revisions(5n)).toEqual([]);
      expect(await revisions(99n)).toEqual([]);
    });

    test("a stream's last event is the one that was appended last", async () => {
      const stream = newStream();
      expect(await store.readLast(stream)).toBeUndefined();
      await store.append(stream, newEvents(3), "no_stream");
      const all = await allOf(store.readStream(stream));
      expect(await store.readLast(stream)).toEqual(all.at(-1));
    });

    test("all comes in the order of positions, each of which is after the one before it", async () => {
      const [one, other] = [newStream(), newStream()];
      const events = [newEvents(2), newEvents(2), newEvents(2)] as const;
      await store.append(one, events[0], "any");
      await store.append(other, events[1], "any");
      await store.append(one, events[2], "any");
      const all = await allOf(store.readAll(before));
      expect(idsOf(all)).toEqual(idsOf(events.flat()));
      const positions = all.map(({ position }) => position);
      expect([...positions].sort(comparePositions)).toEqual(positions);
      expect(new Set(positions.map(({ major, minor }) => `${major}/${minor}`)).size).toBe(6);
      expect(await store.head()).toEqual(positions.at(-1));
      expect(await store.lastEvent()).toEqual(all.at(-1));
    });

    test("a position is exclusive: what is read after an event is all but it", async () => {
      await store.append(newStream(), newEvents(3), "any");
      const all = await allOf(store.readAll(before));
      for (const [index, { position }] of all.entries()) {
        expect(idsOf(await allOf(store.readAll(position)))).toEqual(idsOf(all.slice(index + 1)));
        expect(await store.countAfter(position, 10)).toMatchObject({ count: all.length - index - 1 });
      }
    });

    test("what was left before its end can be read anew, as often as one likes", async () => {
      await store.append(newStream(), newEvents(20), "any");
      for (let round = 0; round < 50; round++) expect(await firstOf(2, store.readAll(before))).toHaveLength(2);
    });

    test("another store on the same events finds them", async () => {
      const stream = newStream();
      await store.append(stream, newEvents(2), "no_stream");
      const other = await subject.another();
      expect(await allOf(other.readStream(stream))).toEqual(await allOf(store.readStream(stream)));
      expect(await other.head()).toEqual(await store.head());
      await other.close();
    });
  });

  describe("a subscription", () => {
    test("gives what is there, then what comes, from others too, in order and once", async () => {
      const other = await subject.another();
      const stream = newStream();
      const [there, come] = [newEvents(3), newEvents(3)];
      await store.append(stream, there, "no_stream");
      const followed = firstOf(6, store.subscribe(before));
      for (const event of come) await other.append(stream, [event], "any");
      expect(idsOf(await followed)).toEqual(idsOf([...there, ...come]));
      await other.close();
    });

    test("goes on after a checkpoint, without a gap and without a repetition", async () => {
      const events = newEvents(9);
      await store.append(newStream(), events, "any");
      const seen: string[] = [];
      for (let checkpoint = before; seen.length < 9; ) {
        const some = await firstOf(3, store.subscribe(checkpoint));
        seen.push(...idsOf(some));
        checkpoint = some.at(-1)?.position;
      }
      expect(seen).toEqual(idsOf(events));
    });

    test("ends by its signal while it waits, with the signal's reason", async () => {
      const [ended, reason] = [new AbortController(), new Error("enough")];
      const waiting = allOf(store.subscribe(before, { signal: ended.signal }));
      setTimeout(() => ended.abort(reason), 100);
      await expect(waiting).rejects.toBe(reason);
    });

    test("gives nothing more once its signal has ended it", async () => {
      await store.append(newStream(), newEvents(10), "any");
      const [ended, reason] = [new AbortController(), new Error("enough")];
      const seen: string[] = [];
      const following = (async () => {
        for await (const { id } of store.subscribe(before, { signal: ended.signal })) {
          if (seen.push(id) === 4) ended.abort(reason);
        }
      })();
      await expect(following).rejects.toBe(reason);
      expect(seen).toHaveLength(4);
    });
  });

  test.each([
    ["append", (signal: AbortSignal) => store.append(newStream(), newEvents(1), "any", { signal })],
    ["readStream", (signal: AbortSignal) => allOf(store.readStream(newStream(), { signal }))],
    ["readAll", (signal: AbortSignal) => allOf(store.readAll(undefined, { signal }))],
    ["subscribe", (signal: AbortSignal) => allOf(store.subscribe(undefined, { signal }))],
    ["countAfter", (signal: AbortSignal) => store.countAfter(undefined, 1, { signal })],
    ["head", (signal: AbortSignal) => store.head({ signal })],
  ])("%s does nothing by a signal that was aborted before", async (_, call) => {
    const reason = new Error(randomUUID());
    await expect(call(AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(await store.head()).toEqual(before);
  });
}
