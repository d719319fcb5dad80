/** What is timed: each run is given a number, so that none is like the one before. */
export type Program = (index: number) => unknown;

const ROUNDS = 15;

/** Microseconds of CPU time that each program takes. The programs alternate, and the median of their rounds counts. */
export async function microsecondsOf<Name extends string>(
  programs: Readonly<Record<Name, Program>>,
  runs: number,
): Promise<Readonly<Record<Name, number>>> {
  const names = Object.keys(programs) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) times.get(name)?.push(await oneRound(programs[name], runs));
  }
  return Object.fromEntries(names.map((name) => [name, medianOf(times.get(name))])) as Record<Name, number>;
}

async function oneRound(program: Program, runs: number): Promise<number> {
  const start = process.cpuUsage();
  for (let index = 0; index < runs; index++) {
    const result = program(index);
    // What is synchronous must not pay for a turn of the loop that it never takes.
    if (result instanceof Promise) await result;
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / runs;
}

export const medianOf = (all: readonly number[] = []): number =>
  [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;

/** What a value must not pass. */
export type Limit = { readonly atMost: number } | { readonly atLeast: number };

let missed = 0;

/** Runs a benchmark, and again if it misses a limit, because other work on the machine may be the reason. */
export async function meetsLimits(benchmark: () => Promise<void>): Promise<boolean> {
  missed = 0;
  await benchmark();
  if (missed === 0) return true;
  console.log("limits missed, measured again:");
  missed = 0;
  await benchmark();
  return missed === 0;
}

/** Prints one result, and counts it if it is beyond its limit. */
export function say(name: string, value: number, unit: string, limit?: Limit): void {
  console.log(
    `${name.padEnd(36)}${value.toFixed(2).padStart(10)} ${unit}${limit === undefined ? "" : judged(value, limit)}`,
  );
}

function judged(value: number, limit: Limit): string {
  const isMissed = "atMost" in limit ? value > limit.atMost : value < limit.atLeast;
  if (isMissed) missed += 1;
  const words = "atMost" in limit ? `at most ${limit.atMost}` : `at least ${limit.atLeast}`;
  return `, ${words}${isMissed ? "  MISSED" : ""}`;
}
