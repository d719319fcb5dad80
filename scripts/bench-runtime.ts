import { performance } from "node:perf_hooks";
import { ProductionMetrics } from "../runtime/metrics/production-metrics";

// What the runtime costs a service, beside a bare loop that does as much counting by hand. Rounds take turns, so that a busy
// moment is everybody's; the median of them counts.

const ROUNDS = 15;
const RUNS = 100_000;
const RECORD_LIMIT_MICROSECONDS = 3;

const TYPES = ["CreateOrder", "CancelOrder", "UpdateInventory"] as const;
const metrics = new ProductionMetrics({ commandTypes: TYPES, queryTypes: [] });
const counts = new Map<string, number>();

/** What is timed: each is given a number, so that no round is like the one before. */
const PROGRAMS: Readonly<Record<string, (index: number) => void>> = {
  "a bare loop": (index) => {
    const type = TYPES[index % TYPES.length] ?? "other";
    counts.set(type, (counts.get(type) ?? 0) + 1);
  },
  "recording a command": (index) => {
    metrics.recordCommandExecution(
      { type: TYPES[index % TYPES.length] ?? "other" },
      (index % 100) / 100,
      index % 10 > 0,
    );
  },
};

function microsecondsOf(program: (index: number) => void): number {
  const start = performance.now();
  for (let index = 0; index < RUNS; index++) program(index);
  return ((performance.now() - start) * 1000) / RUNS;
}

const times = new Map<string, number[]>(Object.keys(PROGRAMS).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, program] of Object.entries(PROGRAMS)) times.get(name)?.push(microsecondsOf(program));
}
for (const [name, all] of times) {
  const median = all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
  const limit = name === "recording a command" ? `, limit ${RECORD_LIMIT_MICROSECONDS}` : "";
  const missed = limit !== "" && median > RECORD_LIMIT_MICROSECONDS ? "  MISSED" : "";
  console.log(`${name.padEnd(24)}${median.toFixed(2).padStart(8)} microseconds${limit}${missed}`);
}
