import { ProductionMetrics } from "../../runtime/metrics/production-metrics";
import type { Result } from "./gate";
import { microsecondsOf } from "./timing";

const LIMIT_MICROSECONDS = 3;
const RUNS = 100_000;
const TYPES = ["CreateOrder", "CancelOrder", "UpdateInventory"] as const;

/** What it costs to record a command, next to a bare loop that counts by hand. */
export async function counting(): Promise<readonly Result[]> {
  const metrics = new ProductionMetrics({ commandTypes: TYPES, queryTypes: [] });
  const counts = new Map<string, number>();
  const typeOf = (index: number) => TYPES[index % TYPES.length] ?? "other";
  const { bare, recorded } = await microsecondsOf(
    {
      bare: (index) => void counts.set(typeOf(index), (counts.get(typeOf(index)) ?? 0) + 1),
      recorded: (index) => metrics.recordCommandExecution({ type: typeOf(index) }, (index % 100) / 100, index % 10 > 0),
    },
    RUNS,
  );
  return [
    { name: "a bare loop", value: bare, unit: "microseconds" },
    { name: "recording a command", value: recorded, unit: "microseconds", limit: { atMost: LIMIT_MICROSECONDS } },
  ];
}
