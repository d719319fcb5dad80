import { connect } from "node:net";
import { httpProbe } from "../../../runtime/health/http-probe";
import { ProductionHealthCheck } from "../../../runtime/health/production-health-check";
import { projectionProbe } from "../../../runtime/health/projection-probe";
import { ProductionMetrics } from "../../../runtime/metrics/production-metrics";
import { startAnswering } from "../servers/answering-server";
import { CountedEventStore } from "./counted-event-store";

// A program of its own, started with --expose-gc: jest holds on to too much for its heap to say anything. Its arguments
// are the number of checks before the first measurement, the number of checks until the second, and, if a probe is to leak,
// the bytes that it leaks in each check. A probe that leaks also leaves one socket open. It prints what is left.

export interface Left {
  /** Of the heap after the last check, less that after the first measurement. */
  readonly bytes: number;
  /** Open handles and requests, before and after. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly statuses: Readonly<Record<string, number>>;
}

/** Of an array in V8. */
const BYTES_PER_ITEM = 8;
/** One check in so many hangs until its limit. */
const HANGING = 100;
const TIMING = { intervalMs: 50, timeLimitMs: 20 };

async function run(warmUp: number, checks: number, leakedBytes: number): Promise<Left> {
  const server = await startAnswering((_, response) => response.end("well"));
  const kept: number[][] = [];
  let runs = 0;
  const eventStore = new CountedEventStore(5000);
  const metrics = new ProductionMetrics({ commandTypes: [], queryTypes: [] });
  const check = new ProductionHealthCheck({
    ...TIMING,
    metrics,
    probes: {
      writeSide: {
        commandApi: httpProbe({ url: server.url }),
        eventStore: (signal) =>
          new Promise<void>((resolve, reject) => {
            if (++runs % HANGING > 0) resolve();
            else signal.addEventListener("abort", () => reject(signal.reason));
          }),
      },
      readSide: {
        // Port 1 is nobody's.
        redis: httpProbe({ url: "http://127.0.0.1:1" }),
        queryApi: async () => {
          if (leakedBytes > 0) kept.push(new Array(leakedBytes / BYTES_PER_ITEM).fill(0));
          if (leakedBytes > 0 && runs === warmUp + 1) connect(server.port, server.host).on("error", () => {});
        },
      },
      projections: { orders: projectionProbe({ eventStore, checkpoints: async () => [eventStore.positionOf(4990)] }) },
    },
  });
  const statuses: Record<string, number> = {};
  const checkTimes = async (times: number) => {
    for (let index = 0; index < times; index++) {
      const { status } = await check.checkSystem();
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await checkTimes(warmUp);
  const before = await settled();
  await checkTimes(checks);
  const after = await settled();
  await check.stop();
  await server.stop();
  return { bytes: after.bytes - before.bytes, before: before.open, after: after.open, statuses };
}

/** What is there once all has gone that goes by itself. */
async function settled(): Promise<{ readonly bytes: number; readonly open: readonly string[] }> {
  await new Promise((resolve) => setTimeout(resolve, 300));
  globalThis.gc?.();
  await new Promise((resolve) => setTimeout(resolve, 100));
  globalThis.gc?.();
  return { bytes: process.memoryUsage().heapUsed, open: process.getActiveResourcesInfo().sort() };
}

if (require.main === module) {
  const [warmUp = 0, checks = 0, leakedBytes = 0] = process.argv.slice(2).map(Number);
  run(warmUp, checks, leakedBytes).then((left) => {
    process.stdout.write(JSON.stringify(left));
    process.exit();
  });
}
