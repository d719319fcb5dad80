import { PostgresEventStore } from "../../../runtime/adapters/postgres/postgres-event-store";
import { processorProbe } from "../../../runtime/health/processor-probe";
import { ProductionHealthCheck } from "../../../runtime/health/production-health-check";
import { ProductionMetrics } from "../../../runtime/metrics/production-metrics";
import { EventProcessor, type EventProcessorOptions } from "../../../runtime/processors/event-processor";
import { poolOn } from "../../support/runtime/read-models-on";
import { storeOn } from "../../support/servers/postgres-store";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../support/servers/running-postgres";
import { newEvent, newEvents, newStream } from "../event-store/events";

const why = whyNoPostgres();
const hangs: EventProcessorOptions["handle"] = (_, signal) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

(why === undefined ? describe : describe.skip)(`health of a processor${why === undefined ? "" : `: ${why}`}`, () => {
  let server: RunningPostgres;
  let store: PostgresEventStore;
  let schemas = 0;
  const ends: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server.stop());
  beforeEach(async () => {
    store = await storeOn(server, `probed_${++schemas}`);
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
    await store.close();
  });

  const silent = () => {};
  const processor = (handle: EventProcessorOptions["handle"] = async () => {}) => {
    const log = { info: silent, warn: silent, error: silent };
    const made = new EventProcessor({ name: "test", store, types: ["OrderCreated"], handle, log, retryMs: 1 });
    ends.push(() => made.stop());
    return made;
  };
  const checked = (probed: EventProcessor) => {
    const metrics = new ProductionMetrics({ commandTypes: [], queryTypes: [] });
    const health = new ProductionHealthCheck({
      metrics,
      probes: { writeSide: { processors: { test: processorProbe({ eventStore: store, processor: probed }) } } },
    });
    ends.push(() => health.stop());
    return { health, metrics };
  };
  const backlog = (events: number) => store.append(newStream(), newEvents(events), "no_stream");
  const until = async (isSo: () => boolean | Promise<boolean>) => {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  test("the backlog of one that was stopped is degraded within 15 seconds, however small", async () => {
    const probed = processor(hangs);
    const { health } = checked(probed);
    probed.start();
    health.start();
    await until(() => health.status.status === "healthy");
    await backlog(3);
    const started = performance.now();
    await until(() => health.status.status === "degraded");
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(health.status.components).toMatchObject([
      { name: "WriteSide", details: { "processor-test": { found: { lag: 3, parked: 0 } } } },
    ]);
  }, 30_000);

  test("one with a thousand events to process is degraded at once, and metrics say by how many", async () => {
    await backlog(1000);
    const { health, metrics } = checked(processor());
    expect(await health.checkSystem()).toMatchObject({ status: "degraded" });
    const { body } = await metrics.exposition();
    expect(body).toContain('cqrs_processor_lag_events{processor="test"} 1000');
    expect(body).toMatch(/cqrs_processor_lag_seconds{processor="test"} \d/);
    expect(body).toContain('cqrs_processor_parked_events{processor="test"} 0');
  });

  test("one that has not run yet is as far as the last one of its name, whose checkpoints are no work", async () => {
    await backlog(5);
    const first = processor();
    first.start();
    await until(
      async () => first.checkpoint !== undefined && (await store.countAfter(first.checkpoint, 9)).count === 0,
    );
    await first.stop();
    expect(await checked(processor()).health.checkSystem()).toMatchObject({
      status: "healthy",
      components: [{ details: { "processor-test": { found: { lag: 0, lagSeconds: 0 } } } }],
    });
  });

  test("an empty store is no backlog", async () => {
    expect(await checked(processor()).health.checkSystem()).toMatchObject({ status: "healthy" });
  });

  test("a checkpoint of another store is unhealthy, a store that can't be asked is only degraded", async () => {
    const { health } = checked({ name: "test", checkpoint: { major: 2n ** 60n, minor: 0n } } as EventProcessor);
    expect(await health.checkSystem()).toMatchObject({ status: "unhealthy" });
    const closed = new PostgresEventStore({ pool: poolOn(server), schema: "none" });
    await closed.close();
    const probe = processorProbe({ eventStore: closed, processor: processor() });
    const unknown = new ProductionHealthCheck({ probes: { writeSide: { processors: { test: probe } } } });
    expect(await unknown.checkSystem()).toMatchObject({ status: "degraded" });
  });

  test("events that it has parked are counted", async () => {
    const poison = [newEvent(), newEvent()];
    await store.append(newStream(), [...poison, newEvent()], "no_stream");
    const probed = processor(async ({ id }) => {
      if (poison.some((each) => each.id === id)) throw new TypeError("no");
    });
    probed.start();
    const { health, metrics } = checked(probed);
    await until(async () => (await health.checkSystem()).status === "healthy" && probed.checkpoint !== undefined);
    await until(async () => {
      await health.checkSystem();
      return (await metrics.exposition()).body.includes('cqrs_processor_parked_events{processor="test"} 2');
    });
  }, 20_000);
});
