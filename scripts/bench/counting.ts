import { Counter, Histogram } from "prom-client";
import { CQRS_METRICS } from "../../lib/monitoring/metrics/cqrs";
import { ProductionMetrics } from "../../runtime/metrics/production-metrics";
import type { Result } from "./gate";
import { microsecondsOf } from "./timing";

const RUNS = 100_000;
/** Measured: 0.95 to 1.06. */
const LIMIT_TIMES = 1.5;
const TYPES = ["CreateOrder", "CancelOrder", "UpdateInventory"] as const;
const typeOf = (index: number) => TYPES[index % TYPES.length] ?? "other";
const secondsOf = (index: number) => (index % 100) / 100;
const isSuccess = (index: number) => index % 10 > 0;

/** What it costs to record a command, next to prom-client's own calls for the same two metrics. */
export async function counting(): Promise<readonly Result[]> {
  const metrics = new ProductionMetrics({ commandTypes: TYPES, queryTypes: [] });
  const [counter, histogram] = bareMetrics();
  const { bare, recorded } = await microsecondsOf(
    {
      bare: (index) => {
        const [command_type, success] = [typeOf(index), isSuccess(index)];
        counter.inc({ command_type, status: success ? "success" : "failure" });
        histogram.observe({ command_type, success: `${success}` }, secondsOf(index));
      },
      recorded: (index) => metrics.recordCommandExecution({ type: typeOf(index) }, secondsOf(index), isSuccess(index)),
    },
    RUNS,
  );
  return [
    { name: "prom-client's calls", value: bare, unit: "microseconds" },
    { name: "recording a command", value: recorded, unit: "microseconds" },
    {
      name: "recording, of prom-client's calls",
      value: recorded / bare,
      unit: "times",
      limit: { atMost: LIMIT_TIMES },
    },
  ];
}

function bareMetrics() {
  const of = (name: "cqrs_command_total" | "cqrs_command_duration") => {
    const { help, labels } = CQRS_METRICS[name];
    return { name, help, labelNames: Object.keys(labels), registers: [] };
  };
  const buckets = [...CQRS_METRICS.cqrs_command_duration.buckets];
  return [new Counter(of("cqrs_command_total")), new Histogram({ ...of("cqrs_command_duration"), buckets })] as const;
}
