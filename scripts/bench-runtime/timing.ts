import { performance } from "node:perf_hooks";

/** What is timed: each run is given a number, so that none is like the one before. */
export type Program = (index: number) => unknown;

const ROUNDS = 15;

/** Microseconds that each program takes. Rounds take turns, so that a busy moment is everybody's; their median counts. */
export async function microsecondsOf<Name extends string>(
  programs: Readonly<Record<Name, Program>>,
  runs: number,
): Promise<Readonly<Record<Name, number>>> {
  const names = Object.keys(programs) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) times.get(name)?.push(await oneRound(programs[name], runs));
  }
  const median = (all: number[] = []) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
  return Object.fromEntries(names.map((name) => [name, median(times.get(name))])) as Record<Name, number>;
}

async function oneRound(program: Program, runs: number): Promise<number> {
  const start = performance.now();
  for (let index = 0; index < runs; index++) {
    const result = program(index);
    // What is synchronous must not pay for a turn of the loop that it never takes.
    if (result instanceof Promise) await result;
  }
  return ((performance.now() - start) * 1000) / runs;
}

/** One line of what was found. */
export function say(name: string, value: number, unit: string, limit?: number): void {
  const judged = limit === undefined ? "" : `, limit ${limit}${value > limit ? "  MISSED" : ""}`;
  console.log(`${name.padEnd(36)}${value.toFixed(2).padStart(8)} ${unit}${judged}`);
}
