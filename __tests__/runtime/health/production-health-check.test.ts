import { Failures } from "../../../runtime/failures";
import { type Probe, watchedProbe } from "../../../runtime/health/probe";
import { type HealthProbes, ProductionHealthCheck } from "../../../runtime/health/production-health-check";
import { projectionProbe } from "../../../runtime/health/projection-probe";
import type { Health } from "../../../runtime/metrics/production-metrics";
import { ProductionMetrics } from "../../../runtime/metrics/production-metrics";
import { CountedEventStore } from "../../support/runtime/counted-event-store";

/** A probe that finds so. */
const finds =
  (status: Health): Probe =>
  async () => ({ status });
const fails = (): Promise<void> => Promise.reject(new Error("10.0.0.7 refused"));
/** A projection that has processed so many of a hundred thousand events. */
const projection = (processed: number | undefined) => {
  const eventStore = new CountedEventStore(100_000);
  const checkpoint = processed === undefined ? undefined : eventStore.positionOf(processed);
  return projectionProbe({ eventStore, checkpoints: async () => [checkpoint] });
};
const check = (probes: HealthProbes) => new ProductionHealthCheck({ probes }).checkSystem();
const statusOf = async (probes: HealthProbes) => (await check(probes)).status;

test("says what the seed says: a status, four components with their details, and when", async () => {
  const healthy = () => finds("healthy");
  const { status, components, timestamp } = await check({
    writeSide: { commandApi: healthy(), eventStore: healthy() },
    readSide: {
      queryApi: healthy(),
      postgresPrimary: healthy(),
      postgresReplicas: [healthy(), healthy()],
      redis: healthy(),
    },
    eventStore: { live: healthy(), leader: healthy(), connection: healthy() },
    projections: { orders: projection(100_000), inventory: projection(99_990) },
  });
  expect(status).toBe("healthy");
  expect(timestamp).toBeInstanceOf(Date);
  expect(components.map(({ name, status, details }) => [name, status, Object.keys(details)])).toEqual([
    ["WriteSide", "healthy", ["commandApi", "eventStore"]],
    ["ReadSide", "healthy", ["queryApi", "postgresPrimary", "redis", "postgresReplica1", "postgresReplica2"]],
    ["EventStore", "healthy", ["live", "leader", "connection"]],
    ["Projections", "healthy", ["lag", "lastProcessed", "projections"]],
  ]);
  expect(components[3]?.details).toMatchObject({ lag: 10, lastProcessed: "99990000/99990000" });
});

test("leaves out what it has no probe for", async () => {
  const { components } = await check({ writeSide: { eventStore: finds("healthy") }, readSide: {}, projections: {} });
  expect(components.map(({ name, details }) => [name, Object.keys(details)])).toEqual([["WriteSide", ["eventStore"]]]);
});

test("refuses to call healthy what has no probe at all", () => {
  expect(() => new ProductionHealthCheck({ probes: { readSide: { postgresReplicas: [] } } })).toThrow(
    new RangeError("probes: must be at least one, got none"),
  );
});

test.each<[string, HealthProbes, Health]>([
  ["the command API fails", { writeSide: { commandApi: fails, eventStore: finds("healthy") } }, "unhealthy"],
  [
    "the write side has no event store",
    { writeSide: { commandApi: finds("healthy"), eventStore: fails } },
    "unhealthy",
  ],
  ["the query API fails", { readSide: { queryApi: fails, redis: finds("healthy") } }, "unhealthy"],
  ["the primary fails", { readSide: { queryApi: finds("healthy"), postgresPrimary: fails } }, "unhealthy"],
  ["the only replica fails", { readSide: { postgresReplicas: [fails] } }, "unhealthy"],
  ["one replica of two fails", { readSide: { postgresReplicas: [fails, finds("healthy")] } }, "degraded"],
  ["both replicas fail", { readSide: { postgresReplicas: [fails, () => fails()] } }, "unhealthy"],
  ["a replica is behind", { readSide: { postgresReplicas: [finds("degraded"), finds("healthy")] } }, "degraded"],
  ["the cache fails", { readSide: { queryApi: finds("healthy"), redis: fails } }, "degraded"],
  ["the cache is found unhealthy", { readSide: { redis: finds("unhealthy") } }, "degraded"],
  ["the event store does not live", { eventStore: { live: fails, leader: finds("healthy") } }, "unhealthy"],
  ["the event store has no leader", { eventStore: { live: finds("healthy"), leader: fails } }, "unhealthy"],
  ["a node is away", { eventStore: { live: finds("degraded"), leader: finds("degraded") } }, "degraded"],
  ["a projection is 999 behind", { projections: { orders: projection(99_001) } }, "healthy"],
  ["a projection is 1000 behind", { projections: { orders: projection(99_000) } }, "degraded"],
  ["a projection is all behind", { projections: { orders: projection(0) } }, "degraded"],
  ["a projection has no checkpoint", { projections: { orders: projection(undefined) } }, "degraded"],
  ["a projection can't be asked", { projections: { orders: () => Promise.reject(new Error("no")) } }, "degraded"],
  ["a projection is ahead of the store", { projections: { orders: projection(100_001) } }, "unhealthy"],
  [
    "one is degraded and one unhealthy",
    { readSide: { redis: fails }, writeSide: { eventStore: fails }, projections: { orders: projection(100_000) } },
    "unhealthy",
  ],
])("when %s, it is as bad as that", async (_, probes, expected) => {
  expect(await statusOf(probes)).toBe(expected);
});

test("lag and last processed event are those of the slowest projection", async () => {
  const { components } = await check({
    projections: {
      fast: projection(100_000),
      slow: projection(95_000),
      ignorant: () => Promise.reject(new Error("no")),
    },
  });
  expect(components[0]?.details).toMatchObject({
    lag: 5000,
    lastProcessed: "95000000/95000000",
    projections: {
      fast: { status: "healthy" },
      slow: { status: "degraded" },
      ignorant: { status: "unhealthy", error: "no" },
    },
  });
});

test("a projection may have any name", async () => {
  const { components } = await check({ projections: Object.fromEntries([["__proto__", projection(1)]]) });
  expect(Object.keys(components[0]?.details.projections ?? {})).toEqual(["__proto__"]);
});

test("a probe that is in two places runs once", async () => {
  let runs = 0;
  const probe: Probe = async () => void runs++;
  const { components } = await check({ writeSide: { eventStore: probe }, eventStore: { connection: probe } });
  expect(runs).toBe(1);
  expect(components.map(({ status }) => status)).toEqual(["healthy", "healthy"]);
});

test("what is known is there at once while a check hangs, and checkSystem ends by its limit", async () => {
  const it = new ProductionHealthCheck({
    probes: { writeSide: { eventStore: () => new Promise<void>(() => {}) }, readSide: { redis: finds("healthy") } },
    timeLimitMs: 100,
  });
  const checked = it.checkSystem();
  expect(it.status.status).toBe("unhealthy");
  const start = performance.now();
  expect(await checked).toMatchObject({
    status: "unhealthy",
    components: [
      { name: "WriteSide", details: { eventStore: { error: "no answer within 100 ms" } } },
      { name: "ReadSide", status: "healthy" },
    ],
  });
  expect(performance.now() - start).toBeLessThan(1000);
});

test("what is known is the same object until there is something new, or it gets too old", async () => {
  jest.useFakeTimers();
  try {
    const it = new ProductionHealthCheck({ probes: { writeSide: { eventStore: finds("healthy") } }, intervalMs: 1000 });
    await it.checkSystem();
    const { status } = it;
    expect(it.status).toBe(status);
    await it.checkSystem();
    expect(it.status).not.toBe(status);
    expect(it.status.status).toBe("healthy");
    await jest.advanceTimersByTimeAsync(3000);
    expect(it.status.status).toBe("unhealthy");
  } finally {
    jest.useRealTimers();
  }
});

test("asks every dependency at once when one of them fails in real traffic, until it is stopped", async () => {
  const failures = new Failures();
  const asked = { eventStore: 0, redis: 0 };
  const it = new ProductionHealthCheck({
    probes: {
      writeSide: { eventStore: watchedProbe({ failures }, async () => void asked.eventStore++) },
      readSide: { redis: async () => void asked.redis++ },
    },
  });
  jest.useFakeTimers();
  try {
    it.start();
    await jest.advanceTimersByTimeAsync(1000);
    failures.report();
    await jest.advanceTimersByTimeAsync(0);
    expect(asked).toEqual({ eventStore: 2, redis: 2 });
    await it.stop();
    failures.report();
    await jest.advanceTimersByTimeAsync(1000);
    expect(asked).toEqual({ eventStore: 2, redis: 2 });
  } finally {
    jest.useRealTimers();
  }
});

test("tells metrics of each component and of each projection", async () => {
  const metrics = new ProductionMetrics({ commandTypes: [], queryTypes: [] });
  await new ProductionHealthCheck({
    probes: {
      writeSide: { eventStore: finds("healthy") },
      readSide: { redis: fails },
      eventStore: { live: fails },
      projections: { orders: projection(98_000) },
    },
    metrics,
  }).checkSystem();
  const { body } = await metrics.exposition();
  for (const sample of [
    'cqrs_health_status{component="WriteSide"} 2',
    'cqrs_health_status{component="ReadSide"} 1',
    'cqrs_health_status{component="EventStore"} 0',
    'cqrs_health_status{component="Projections"} 1',
    'cqrs_projection_lag_events{projection="orders"} 2000',
    'cqrs_projection_position{projection="orders"} 98000000',
  ]) {
    expect(body.split("\n")).toContain(sample);
  }
});
