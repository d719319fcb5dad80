import { spawnSync } from "node:child_process";
import { HealthServer } from "../../../runtime/health/health-server";
import { ProductionHealthCheck } from "../../../runtime/health/production-health-check";
import { projectionProbe } from "../../../runtime/health/projection-probe";
import { ProductionMetrics } from "../../../runtime/metrics/production-metrics";
import { whyNoPromtool } from "../../support/monitoring/promtool";
import { CountedEventStore } from "../../support/runtime/counted-event-store";

const why = whyNoPromtool();

/** What `/metrics` of a service gives that checks its health. */
async function scraped(accept: string): Promise<string> {
  const metrics = new ProductionMetrics({ commandTypes: ["CreateOrder"], queryTypes: ["GetOrder"] });
  const eventStore = new CountedEventStore(1200);
  const healthCheck = new ProductionHealthCheck({
    metrics,
    probes: {
      readSide: { queryApi: async () => {}, redis: (): Promise<void> => Promise.reject(new Error("refused")) },
      projections: { orders: projectionProbe({ eventStore, checkpoints: async () => [eventStore.positionOf(200)] }) },
    },
  });
  await healthCheck.checkSystem();
  const server = new HealthServer({
    ...{ healthCheck, port: 0, host: "127.0.0.1", drainDelayMs: 0 },
    metrics: (accepted) => metrics.exposition(accepted),
  });
  const port = await server.listen();
  try {
    return await (await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { accept, connection: "close" } })).text();
  } finally {
    await server.drain();
  }
}

(why === undefined ? test : test.skip)(
  `/metrics is clean for promtool${why === undefined ? "" : `: ${why}`}`,
  async () => {
    const input = await scraped("text/plain");
    const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { input, encoding: "utf8" });
    expect(input).toContain('cqrs_projection_lag_events{projection="orders"} 1000');
    expect(`${stdout}${stderr}`).toBe("");
    expect(status).toBe(0);
  },
);

test("/metrics is OpenMetrics for who asks for it", async () => {
  expect(await scraped("application/openmetrics-text; version=1.0.0")).toMatch(/# EOF\n$/);
});
