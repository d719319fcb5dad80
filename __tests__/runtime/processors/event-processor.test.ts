import type { PostgresEventStore } from "../../../runtime/adapters/postgres/postgres-event-store";
import { EventStoreUnavailableError, RevisionError, type StoredEvent } from "../../../runtime/event-store/event-store";
import { positionText } from "../../../runtime/event-store/position";
import { EventProcessor, type EventProcessorOptions } from "../../../runtime/processors/event-processor";
import { countParked, parkedEvents, releaseParked } from "../../../runtime/processors/parked-events";
import { storeOn } from "../../support/servers/postgres-store";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../support/servers/running-postgres";
import { allOf, idsOf, newEvent, newEvents, newStream } from "../event-store/events";

const why = whyNoPostgres();

(why === undefined ? describe : describe.skip)(`a processor${why === undefined ? "" : `, skipped: ${why}`}`, () => {
  let server: RunningPostgres;
  let store: PostgresEventStore;
  let schemas = 0;
  const lines: string[] = [];
  const write = (_: object, message: string) => void lines.push(message);
  const log = { info: write, warn: write, error: write };
  const running: EventProcessor[] = [];

  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server.stop());
  beforeEach(async () => {
    lines.length = 0;
    store = await storeOn(server, `processor_${++schemas}`);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((each) => each.stop()));
    await store.close();
  });

  const started = (handle: EventProcessorOptions["handle"], more: Partial<EventProcessorOptions> = {}) => {
    const types = ["OrderCreated"];
    const processor = new EventProcessor({
      name: "test",
      store,
      types,
      handle,
      log,
      retryMs: 1,
      checkpointMs: 10,
      ...more,
    });
    running.push(processor);
    processor.start();
    return processor;
  };
  const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const streamOf = async (stream: string) => allOf(store.readStream(stream));

  test("handles its types, each event once and in order", async () => {
    const events = newEvents(20);
    const stream = newStream();
    await store.append(stream, [...events.slice(0, 10), newEvent({ type: "Other" })], "no_stream");
    const handled: StoredEvent[] = [];
    started(async (event) => void handled.push(event));
    await until(() => handled.length === 10);
    await store.append(stream, events.slice(10), "any");
    await until(() => handled.length === 20);
    expect(idsOf(handled)).toEqual(idsOf(events));
  });

  test("goes on where it stopped", async () => {
    const [before, after] = [newEvents(5), newEvents(5)];
    const stream = newStream();
    await store.append(stream, before, "no_stream");
    const handled: StoredEvent[] = [];
    const first = started(async (event) => void handled.push(event));
    await until(() => handled.length === 5);
    await first.stop();
    await store.append(stream, after, "any");
    started(async (event) => void handled.push(event));
    await until(() => handled.length === 10);
    expect(idsOf(handled)).toEqual(idsOf([...before, ...after]));
  });

  test("goes on writing checkpoints, though the clock is set back by an hour", async () => {
    const stream = newStream();
    await store.append(stream, newEvents(1), "no_stream");
    const handled: StoredEvent[] = [];
    const checkpointMs = 50;
    started(async (event) => void handled.push(event), { checkpointMs });
    await until(() => handled.length === 1);
    const now = Date.now.bind(Date);
    const clock = jest.spyOn(Date, "now").mockImplementation(() => now() - 3_600_000);
    try {
      await new Promise((resolve) => setTimeout(resolve, 2 * checkpointMs));
      const checkpoints = (await streamOf("processor-test")).length;
      await store.append(stream, newEvents(1), "any");
      await until(async () => (await streamOf("processor-test")).length > checkpoints);
    } finally {
      clock.mockRestore();
    }
  });
  test("writes its checkpoint though no other event follows", async () => {
    const stream = newStream();
    const processor = started(async () => {}, { checkpointMs: 100 });
    const { position } = await store.append(stream, newEvents(3), "no_stream");
    await until(async () => (await streamOf("processor-test")).length > 0);
    const [saved] = await streamOf("processor-test");
    expect(JSON.parse(`${Buffer.from(saved?.data ?? [])}`)).toEqual({ position: positionText(position) });
    await processor.stop();
    expect(await streamOf("processor-test")).toHaveLength(1);
  }, 10_000);

  test("does not write about its own checkpoints for ever", async () => {
    await store.append(newStream(), newEvents(3), "no_stream");
    started(async () => {});
    started(async () => {});
    await until(async () => (await streamOf("processor-test")).length > 0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await streamOf("processor-test")).length).toBeLessThanOrEqual(6);
  });

  test("tries again what failed, and then goes on", async () => {
    await store.append(newStream(), newEvents(2), "no_stream");
    const attempts: string[] = [];
    started(async ({ id }) => {
      attempts.push(id);
      if (attempts.length < 3) throw new Error("not yet");
    });
    await until(() => attempts.length === 4);
    expect(new Set(attempts.slice(0, 3)).size).toBe(1);
    expect(lines).toEqual(["tried again", "tried again"]);
  });

  test("parks what never works, without its content, and goes on", async () => {
    const [poison, sound] = [newEvent({ data: Buffer.from('{"ssn":"078-05-1120"}') }), newEvent()];
    const stream = newStream();
    await store.append(stream, [poison, sound], "no_stream");
    const handled: string[] = [];
    started(async ({ id }) => {
      if (id === poison.id) throw new TypeError("078-05-1120");
      handled.push(id);
    });
    await until(() => handled.length === 1);
    const [parked] = await streamOf("parked-test");
    expect(JSON.parse(`${Buffer.from(parked?.data ?? [])}`)).toEqual({
      stream,
      revision: "0",
      type: "OrderCreated",
      id: poison.id,
      reason: "TypeError",
    });
    expect(lines.at(-1)).toBe("parked");
  });

  describe("what is parked", () => {
    let isBroken: boolean;
    let failures: number;
    let handled: string[];
    const handle: EventProcessorOptions["handle"] = async ({ id, type }) => {
      if (isBroken && type === "OrderCreated") {
        failures++;
        throw new TypeError("no");
      }
      handled.push(id);
    };
    const parked = () => parkedEvents(store, "test", {});
    const idsParked = async () => (await parked()).events.map(({ id }) => id);
    /** Has two events parked, by two processors that do the same. */
    const withParked = async () => {
      [isBroken, failures, handled] = [true, 0, []];
      const poison = newEvents(2);
      await store.append(newStream(), poison, "no_stream");
      for (const _ of [1, 2]) started(handle, { types: ["OrderCreated", "OrderCancelled"] });
      // Nine attempts at each event by each of them.
      await until(() => failures === 36);
      await until(async () => (await parked()).events.length === 2);
      return idsOf(poison);
    };
    /** Appended last, so that what came before was handled, too. */
    const untilCaughtUp = async () => {
      const last = newEvent({ type: "OrderCancelled" });
      await store.append(newStream(), [last], "no_stream");
      await until(() => handled.filter((id) => id === last.id).length === 2);
      handled = handled.filter((id) => id !== last.id);
    };

    test("is handled again, if it is retried, and is parked no more", async () => {
      const ids = await withParked();
      isBroken = false;
      await releaseParked(store, "test", "retried", await parked(), {});
      await untilCaughtUp();
      expect(handled.toSorted()).toEqual([...ids, ...ids].toSorted());
      expect(await idsParked()).toEqual([]);
      expect(await countParked(store, "test", {})).toBe(0);
    }, 20_000);

    test("is parked again, if it fails again, as often as it is retried", async () => {
      const ids = await withParked();
      for (const _ of [1, 2]) {
        await releaseParked(store, "test", "retried", await parked(), {});
        await untilCaughtUp();
        expect(await idsParked()).toEqual(ids);
        expect(await countParked(store, "test", {})).toBe(2);
      }
    }, 20_000);

    test("is not handled, if it is dropped, nor by a processor of another name", async () => {
      const [dropped, kept] = await withParked();
      isBroken = false;
      const { events, released } = await parked();
      await releaseParked(store, "test", "dropped", { events: events.slice(0, 1), released }, {});
      await releaseParked(store, "other", "retried", { events: events.slice(1), released: undefined }, {});
      await untilCaughtUp();
      expect([dropped, handled, await idsParked()]).toEqual([events[0]?.id, [], [kept]]);
    }, 20_000);

    test("is released once, by whoever is first", async () => {
      await withParked();
      const seen = await parked();
      await releaseParked(store, "test", "dropped", seen, {});
      // The same again is the same.
      await releaseParked(store, "test", "dropped", seen, {});
      await expect(releaseParked(store, "test", "retried", seen, {})).rejects.toThrow(RevisionError);
      expect(await countParked(store, "test", {})).toBe(0);
    }, 20_000);
  });

  test("parks no event for a store that is away", async () => {
    await store.append(newStream(), newEvents(1), "no_stream");
    let attempts = 0;
    started(async () => {
      if (++attempts < 15) throw new EventStoreUnavailableError(new Error("away"));
    });
    await until(() => attempts === 15);
    expect(await streamOf("parked-test")).toEqual([]);
    expect(new Set(lines)).toEqual(new Set(["the event store is asked again"]));
  }, 60_000);

  test("begins again at an event that its end has interrupted", async () => {
    const [event] = newEvents(1);
    if (event === undefined) throw new Error("no event");
    await store.append(newStream(), [event], "no_stream");
    const seen: string[] = [];
    const first = started((each, signal) => {
      seen.push(each.id);
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    });
    await until(() => seen.length === 1);
    await first.stop();
    started(async ({ id }) => void seen.push(id));
    await until(() => seen.length === 2);
    expect(seen).toEqual([event.id, event.id]);
  });

  test.each(["", "Orders", "a b", "a".repeat(65)])("can't be named '%s'", (name) => {
    expect(() => new EventProcessor({ name, store, types: [], handle: async () => {}, log })).toThrow(RangeError);
  });
});
