import type { Position } from "../../../runtime/event-store/position";
import { projectionProbe } from "../../../runtime/health/projection-probe";
import { CountedEventStore } from "../../support/runtime/counted-event-store";

const { signal } = new AbortController();
/** What is found where the store has so many events, and each partition has processed as many as it says. */
function found(events: number, processed: readonly (number | undefined)[], created?: Date) {
  const eventStore = new CountedEventStore(events, created);
  const checkpoints = processed.map((event) => (event === undefined ? undefined : eventStore.positionOf(event)));
  return projectionProbe({ eventStore, checkpoints: async () => checkpoints })(signal);
}

test.each([
  [0, "healthy"],
  [1, "healthy"],
  [999, "healthy"],
  [1000, "degraded"],
  [1001, "degraded"],
  [100_000, "degraded"],
])("a lag of %d events is exactly that, and %s", async (lag, status) => {
  expect(await found(lag + 7, [7])).toMatchObject({ status, found: { lag, exact: true, ahead: false } });
});

test("a lag beyond what is counted is told as at least so many", async () => {
  expect(await found(200_000, [7])).toMatchObject({ status: "degraded", found: { lag: 100_001, exact: false } });
});

test("counts no further than it takes to be degraded, unless it is", async () => {
  const eventStore = new CountedEventStore(1000);
  await projectionProbe({ eventStore, checkpoints: async () => [eventStore.positionOf(1)] })(signal);
  expect(eventStore.bounds).toEqual([1001]);
});

test("a store that is too slow to count further has been counted far enough", async () => {
  class SlowEventStore extends CountedEventStore {
    override countAfter(after: Position | undefined, bound: number) {
      return bound > 1001 ? new Promise<never>(() => {}) : super.countAfter(after, bound);
    }
  }
  const eventStore = new SlowEventStore(5000);
  const found = await projectionProbe({ eventStore, checkpoints: async () => [eventStore.positionOf(1)] })(signal);
  expect(found).toMatchObject({ status: "degraded", found: { lag: 1001, exact: false } });
});

test("is as far as its slowest partition", async () => {
  expect(await found(2000, [2000, 500, 1999])).toMatchObject({
    status: "degraded",
    found: { lag: 1500, lastProcessed: "500000/500000" },
    position: 500_000n,
  });
});

test.each([
  ["no partition", []],
  ["one partition of two", [5, undefined]],
  ["its only partition", [undefined]],
])("is degraded without a checkpoint of %s", async (_, processed) => {
  expect(await found(5, processed)).toMatchObject({
    status: "degraded",
    found: { lag: 5, lastProcessed: undefined, ahead: false },
  });
});

test.each([
  ["one event", 5, [6]],
  ["one event in one partition", 5, [5, 6]],
  ["an empty store", 0, [1]],
])("is unhealthy when a checkpoint is ahead of the store by %s", async (_, events, processed) => {
  expect(await found(events, processed)).toMatchObject({ status: "unhealthy", found: { ahead: true } });
});

test("tells the age of the oldest event that waits, and no age below zero", async () => {
  const past = await found(2, [1], new Date(Date.now() - 60_000));
  expect(past.found.lagSeconds).toBeGreaterThanOrEqual(60);
  expect(past.found.lagSeconds).toBeLessThan(70);
  expect((await found(2, [1], new Date(Date.now() + 60_000))).found.lagSeconds).toBe(0);
  expect((await found(2, [2])).found.lagSeconds).toBe(0);
});

test("asks for the head after the checkpoints, so that a projection can't be found ahead of it", async () => {
  const eventStore = new CountedEventStore(1);
  const checkpoints = async () => {
    eventStore.events = 2;
    return [eventStore.positionOf(2)];
  };
  expect((await projectionProbe({ eventStore, checkpoints })(signal)).status).toBe("healthy");
});

test("throws what the store throws", async () => {
  const eventStore = new CountedEventStore(1);
  const checkpoints = () => Promise.reject(new Error("no database"));
  await expect(projectionProbe({ eventStore, checkpoints })(signal)).rejects.toThrow("no database");
});
