/** One measured value. */
export interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** @default - none: the value is only printed */
  readonly limit?: Limit;
}

export type Limit = { readonly atMost: number } | { readonly atLeast: number };

/** Measures once. */
export type Benchmark = () => Promise<readonly Result[]>;

type Outcome = "within its limits" | "beyond a limit" | "failed";

/**
 * Runs all benchmarks and prints their results. It repeats those once that are beyond a limit, because other work on
 * the machine may be the reason. It does not repeat those that throw.
 * @returns the names of those that are beyond a limit again, and of those that throw, with which of the two.
 */
export async function runBenchmarks(benchmarks: Readonly<Record<string, Benchmark>>): Promise<string[]> {
  const outcomes = new Map<string, Outcome>();
  for (const [name, benchmark] of Object.entries(benchmarks)) {
    console.log(`\n${name}`);
    outcomes.set(name, await outcomeOf(benchmark));
  }
  for (const [name, benchmark] of Object.entries(benchmarks)) {
    if (outcomes.get(name) !== "beyond a limit") continue;
    console.log(`\n${name}, measured again because it was beyond a limit`);
    outcomes.set(name, await outcomeOf(benchmark));
  }
  return [...outcomes].flatMap(([name, outcome]) => (outcome === "within its limits" ? [] : [`${name}: ${outcome}`]));
}

async function outcomeOf(benchmark: Benchmark): Promise<Outcome> {
  try {
    const results = await benchmark();
    for (const result of results) console.log(lineOf(result));
    return results.every(isWithin) ? "within its limits" : "beyond a limit";
  } catch (error) {
    console.error(error);
    return "failed";
  }
}

/** A value that is not a number is beyond every limit. */
function isWithin({ value, limit }: Result): boolean {
  if (limit === undefined) return true;
  return "atMost" in limit ? value <= limit.atMost : value >= limit.atLeast;
}

function lineOf(result: Result): string {
  const { name, value, unit, limit } = result;
  const measured = `  ${name.padEnd(40)}${value.toFixed(2).padStart(10)} ${unit}`;
  if (limit === undefined) return measured;
  const allowed = "atMost" in limit ? `at most ${limit.atMost}` : `at least ${limit.atLeast}`;
  return `${measured}, ${allowed}${isWithin(result) ? "" : "  MISSED"}`;
}
