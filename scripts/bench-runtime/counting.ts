import { ProductionMetrics } from "../../runtime/metrics/production-metrics";
import { microsecondsOf, say } from "./timing";

const LIMIT_MICROSECONDS = 3;
const RUNS = 100_000;
const TYPES = ["CreateOrder", "CancelOrder", "UpdateInventory"] as const;

/** What it costs to record a command, beside a bare loop that does as much counting by hand. */
export async function counting(): Promise<void> {
  const metrics = new ProductionMetrics({ commandTypes: TYPES, queryTypes: [] });
  const counts = new Map<string, number>();
  const typeOf = (index: number) => TYPES[index % TYPES.length] ?? "other";
  const times = await microsecondsOf(
    {
      bare: (index) => void counts.set(typeOf(index), (counts.get(typeOf(index)) ?? 0) + 1),
      recorded: (index) => metrics.recordCommandExecution({ type: typeOf(index) }, (index % 100) / 100, index % 10 > 0),
    },
    RUNS,
  );
  say("a bare loop", times.bare, "microseconds");
  say("recording a command", times.recorded, "microseconds", { atMost: LIMIT_MICROSECONDS });
}
