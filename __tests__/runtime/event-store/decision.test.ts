import { setTimeout } from "node:timers/promises";
import type { PostgresEventStore } from "../../../runtime/adapters/postgres/postgres-event-store";
import { decideOn, type Fold, readState } from "../../../runtime/event-store/decision";
import { type EventStore, RevisionError } from "../../../runtime/event-store/event-store";
import { storeOn } from "../../support/servers/postgres-store";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../support/servers/running-postgres";
import { allOf, newEvent, newStream } from "./events";

type Counted = { readonly type: "Counted"; readonly data: { readonly by: number } };
const sum: Fold<number, Counted> = { initial: 0, after: (total, { data }) => total + data.by };
const add = (by: number) => (): readonly Counted[] => [{ type: "Counted", data: { by } }];
const why = whyNoPostgres();

(why === undefined ? describe : describe.skip)(`a decision${why === undefined ? "" : `, skipped: ${why}`}`, () => {
  let server: RunningPostgres;
  let store: PostgresEventStore;
  beforeAll(async () => {
    server = await startPostgres();
    store = await storeOn(server, "decisions");
  }, 60_000);
  afterAll(async () => {
    await store.close();
    await server.stop();
  });

  test("is made of what is there, and says what it follows from", async () => {
    const stream = newStream();
    await decideOn(store, stream, sum, add(2), { correlationId: "c-1" });
    const seen: number[] = [];
    const decide = (total: number) => {
      seen.push(total);
      return add(3)();
    };
    await decideOn(store, stream, sum, decide, { correlationId: "c-2", causationId: "e-1" });
    const all = await allOf(store.readStream(stream));
    expect(seen).toEqual([2]);
    expect(all.map(({ data }) => JSON.parse(`${Buffer.from(data)}`))).toEqual([{ by: 2 }, { by: 3 }]);
    expect(all[1]?.metadata).toEqual({ correlationId: "c-2", causationId: "e-1" });
  });

  test("can be read as the state that it has made", async () => {
    const stream = newStream();
    expect(await readState(store, stream, sum)).toBe(0);
    for (const by of [2, 3]) await decideOn(store, stream, sum, add(by), { correlationId: "c" });
    expect(await readState(store, stream, sum)).toBe(5);
  });

  test("for nothing appends nothing", async () => {
    const stream = newStream();
    expect(await decideOn(store, stream, sum, () => [], { correlationId: "c" })).toEqual([]);
    expect(await allOf(store.readStream(stream))).toEqual([]);
  });

  test("that follows from the same cause again is appended once", async () => {
    const stream = newStream();
    const from = { correlationId: "c", causationId: "e-1" };
    // Whoever was cut off before he heard the answer has not seen it, and decides the same.
    const both = [store, store].map((each) =>
      decideOn(each, stream, sum, (total) => (total > 0 ? [] : add(1)()), from),
    );
    await Promise.all(both);
    expect(await allOf(store.readStream(stream))).toHaveLength(1);
  });

  test("is made anew when somebody else was faster", async () => {
    const stream = newStream();
    let isFirst = true;
    const slow = {
      ...sum,
      write: async ({ data }: Counted) => {
        if (isFirst) await store.append(stream, [newEvent({ data: Buffer.from('{"by":10}') })], "no_stream");
        isFirst = false;
        return Buffer.from(JSON.stringify(data));
      },
    };
    const twice = (total: number): readonly Counted[] => add(total * 2 + 1)();
    expect(await decideOn(store, stream, slow, twice, { correlationId: "c" })).toEqual(add(21)());
  });

  test("is given up when somebody else is always faster", async () => {
    const stream = newStream();
    let attempts = 0;
    const never = {
      ...sum,
      write: async () => {
        attempts++;
        await store.append(stream, [newEvent({ data: Buffer.from('{"by":1}') })], "any");
        return Buffer.from('{"by":1}');
      },
    };
    await expect(decideOn(store, stream, never, add(1), { correlationId: "c" })).rejects.toThrow(RevisionError);
    expect(attempts).toBe(8);
  });

  test("of twenty at once on one stream none is given up, and none is lost", async () => {
    const stream = newStream();
    await store.append(
      stream,
      Array.from({ length: 500 }, () => newEvent({ data: Buffer.from('{"by":1}') })),
      "any",
    );
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => decideOn(store, stream, sum, add(1), { correlationId: "c" })),
    );
    expect(outcomes.filter(({ status }) => status === "rejected")).toEqual([]);
    expect(await allOf(store.readStream(stream))).toHaveLength(520);
  });

  test("of twenty at once none is given up by a store that takes longer than the least pause", async () => {
    const stream = newStream();
    let last: Promise<unknown> = Promise.resolve();
    /** One append after the other, each 20 ms late. */
    const slow = Object.assign(Object.create(store) as EventStore, {
      append: (...append: Parameters<EventStore["append"]>) => {
        const done = last.then(async () => {
          await setTimeout(20);
          return store.append(...append);
        });
        last = done.catch(() => {});
        return done;
      },
    });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => decideOn(slow, stream, sum, add(1), { correlationId: "c" })),
    );
    expect(outcomes.filter(({ status }) => status === "rejected")).toEqual([]);
  });

  test("that was not fast enough reads only what has come", async () => {
    const stream = newStream();
    await store.append(
      stream,
      Array.from({ length: 50 }, () => newEvent({ data: Buffer.from('{"by":1}') })),
      "any",
    );
    let read = 0;
    const counting: Fold<number, Counted> = {
      ...sum,
      after: (total, event) => {
        read++;
        return sum.after(total, event);
      },
      write: async ({ data }) => {
        if (read === 50) await store.append(stream, [newEvent({ data: Buffer.from('{"by":1}') })], "any");
        return Buffer.from(JSON.stringify(data));
      },
    };
    await decideOn(store, stream, counting, add(1), { correlationId: "c" });
    expect(read).toBe(51);
  });

  test("of many at once loses none that may be", async () => {
    const stream = newStream();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 4 }, () => decideOn(store, stream, sum, add(1), { correlationId: "c" })),
    );
    const made = outcomes.filter(({ status }) => status === "fulfilled");
    expect(await allOf(store.readStream(stream))).toHaveLength(made.length);
    expect(made).toHaveLength(4);
  });
});
