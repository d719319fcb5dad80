import { setMaxListeners } from "node:events";
import {
  type EventStore,
  EventStoreUnavailableError,
  type StoredEvent,
} from "../../../runtime/event-store/event-store";
import type { Position } from "../../../runtime/event-store/position";
import type { Fault, FaultyProxy } from "../../support/servers/faulty-proxy";
import { bySchedule, nightlyTest } from "../../support/test-run/nightly";
import { allOf, firstOf, idsOf, newEvent, newEvents, newStream, soon } from "./events";

/** A store whose network fails as it is told, and what an answer of it may take. */
export interface FaultySubject {
  readonly store: EventStore;
  readonly answerMilliseconds: number;
  readonly proxy: FaultyProxy;
  /** A store on the same events, by a network that is well. */
  readonly sound: EventStore;
  /** Another one by the network that fails, which the test closes. */
  another(): EventStore;
  stop(): Promise<void>;
}

/** @param after where the events of a test begin: others may have left megabytes before */
type Call = (store: EventStore, after: Position | undefined, signal?: AbortSignal) => Promise<unknown>;

/** With the fault that `npm test` tries a call with; the nightly run tries each call with each fault. */
const CALLS: readonly (readonly [name: string, call: Call, fault: Fault])[] = [
  ["append", (store, _, signal) => store.append(newStream(), newEvents(1), "any", { signal }), "hanging"],
  ["readStream", (store, _, signal) => allOf(store.readStream(newStream(), { signal })), "resetting"],
  ["readAll", (store, after, signal) => allOf(store.readAll(after, { signal })), "refused"],
  ["countAfter", (store, after, signal) => store.countAfter(after, 10, { signal }), "garbage"],
  ["head", (store, _, signal) => store.head({ signal }), "hanging"],
];
const FAULTS: readonly Fault[] = ["refused", "hanging", "resetting", "garbage"];
/** A read that fails in the middle: more than a store's page, a window of the network and what a client reads ahead. */
const LONG_READ = bySchedule({
  always: { appends: 3, events: 200, bytes: 500 },
  nightly: { appends: 20, events: 1, bytes: 1_000_000 },
});
/** What an answer takes at most beyond its limit, on a machine that is busy with other tests. */
const LATE_MS = 2000;

/** What every event store does when its server or the network fails. */
export function faultsContract(start: () => Promise<FaultySubject>): void {
  let subject: FaultySubject;
  let store: EventStore;
  let before: Position | undefined;

  beforeAll(async () => {
    subject = await start();
    store = subject.store;
  }, 60_000);
  beforeEach(async () => {
    before = await subject.sound.head();
  });
  afterAll(() => subject.stop());

  describe.each(FAULTS)("with a network that is %s", (fault) => {
    beforeEach(() => soon(() => store.head()));
    afterEach(async () => {
      await subject.proxy.mend();
      expect(await soon(() => store.head())).toEqual(await subject.sound.head());
    });

    for (const [name, call, always] of CALLS) {
      const scheduled = always === fault ? test : nightlyTest;
      scheduled(`${name} fails in time, and the same store is well afterwards`, async () => {
        await subject.proxy.break(fault);
        const began = Date.now();
        await expect(call(store, before)).rejects.toBeInstanceOf(EventStoreUnavailableError);
        expect(Date.now() - began).toBeLessThan(subject.answerMilliseconds + LATE_MS);
        await subject.proxy.mend();
        await soon(() => call(store, before));
      });
    }

    test("what it says of it names no host and no port", async () => {
      await subject.proxy.break(fault);
      const { message } = await store.head().catch((error) => error);
      expect(message).toBe("the event store can't be reached");
    });

    test("a subscription ends, and another goes on where it was", async () => {
      const [there, come] = [newEvents(2), newEvents(2)];
      await subject.sound.append(newStream(), there, "no_stream");
      const seen: StoredEvent[] = [];
      let hasSeen = () => {};
      const isThere = new Promise<void>((resolve) => {
        hasSeen = resolve;
      });
      const following = (async () => {
        for await (const event of store.subscribe(before)) if (seen.push(event) === 2) hasSeen();
      })();
      await isThere;
      await subject.proxy.break(fault);
      // What comes is lost on its way.
      await subject.sound.append(newStream(), come, "no_stream");
      await expect(following).rejects.toBeInstanceOf(EventStoreUnavailableError);
      await subject.proxy.mend();
      seen.push(...(await soon(() => firstOf(2, store.subscribe(seen.at(-1)?.position)))));
      expect(idsOf(seen)).toEqual(idsOf([...there, ...come]));
    }, 20_000);

    test("a read that has begun fails in time, without a gap before", async () => {
      const appends = Array.from({ length: LONG_READ.appends }, () =>
        Array.from({ length: LONG_READ.events }, () => newEvent({ data: Buffer.alloc(LONG_READ.bytes) })),
      );
      const events = appends.flat();
      for (const each of appends) await subject.sound.append(newStream(), each, "no_stream");
      const seen: StoredEvent[] = [];
      const reading = (async () => {
        for await (const event of store.readAll(before)) {
          if (seen.push(event) === 1) await subject.proxy.break(fault);
        }
      })();
      await expect(reading).rejects.toBeInstanceOf(EventStoreUnavailableError);
      expect(seen.length).toBeLessThan(events.length);
      expect(idsOf(seen)).toEqual(idsOf(events.slice(0, seen.length)));
    }, 20_000);
  });

  describe("while a server hangs", () => {
    afterEach(() => subject.proxy.mend());

    test.each(CALLS)("%s ends by its signal at once, with the signal's reason", async (_, call) => {
      await soon(() => store.head());
      await subject.proxy.break("hanging");
      const [ended, reason] = [new AbortController(), new Error("enough")];
      setTimeout(() => ended.abort(reason), 50);
      const began = Date.now();
      await expect(call(store, before, ended.signal)).rejects.toBe(reason);
      expect(Date.now() - began).toBeLessThan(subject.answerMilliseconds);
    });

    test("many calls that have failed leave nothing behind on their signal, and the store is well", async () => {
      const { signal } = new AbortController();
      setMaxListeners(0, signal);
      const listeners = jest.spyOn(signal, "addEventListener");
      const removed = jest.spyOn(signal, "removeEventListener");
      await subject.proxy.break("hanging");
      const calls = Array.from({ length: 200 }, (_, index) =>
        (CALLS[index % CALLS.length] ?? CALLS[0])?.[1](store, before, signal),
      );
      const outcomes = await Promise.allSettled(calls);
      expect(outcomes.every(({ status }) => status === "rejected")).toBe(true);
      expect(removed.mock.calls.length).toBe(listeners.mock.calls.length);
      await subject.proxy.mend();
      await soon(() => store.append(newStream(), newEvents(1), "any"));
    }, 20_000);

    test("a store's close ends what is going on", async () => {
      const other = subject.another();
      const following = allOf(other.subscribe(before));
      const appended = await subject.sound.append(newStream(), newEvents(1), "any");
      expect((await firstOf(1, other.subscribe(before)))[0]?.position).toEqual(appended.position);
      await subject.proxy.break("hanging");
      const outcomes = Promise.allSettled([following, ...CALLS.map(([, call]) => call(other, before))]);
      await other.close();
      for (const outcome of await outcomes) {
        expect(outcome).toMatchObject({ status: "rejected", reason: expect.any(EventStoreUnavailableError) });
      }
      await expect(other.head()).rejects.toBeInstanceOf(EventStoreUnavailableError);
      await other.close();
    });
  });

  test("an append whose answer was lost is sent again, and is there once", async () => {
    const stream = newStream();
    const events = newEvents(3);
    await soon(() => store.head());
    // The request comes through in time, or it does not: nobody knows.
    const unsure = store.append(stream, events, "no_stream").catch((error) => error);
    await subject.proxy.break("resetting");
    await unsure;
    await subject.proxy.mend();
    expect((await soon(() => store.append(stream, events, "no_stream"))).revision).toBe(2n);
    expect(idsOf(await allOf(store.readStream(stream)))).toEqual(idsOf(events));
  });
}
