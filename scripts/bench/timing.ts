/** What is timed. It receives the number of the run, so that no run has the input of the run before. */
export type Program = (index: number) => unknown;

const ROUNDS = 10;

/**
 * Medians of all rounds. The programs alternate: each is measured once a round, so that other work on the machine
 * affects all of them.
 */
export async function mediansOf<Name extends string>(
  programs: readonly Name[],
  measure: (program: Name) => number | Promise<number>,
  rounds = ROUNDS,
): Promise<Readonly<Record<Name, number>>> {
  const measured: Record<string, number>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const times: Record<string, number> = {};
    for (const program of programs) times[program] = await measure(program);
    measured.push(times);
  }
  const medians = programs.map((program) => [program, medianOf(measured.map((times) => times[program] ?? Number.NaN))]);
  return Object.fromEntries(medians);
}

/** Microseconds of this process's CPU time that one run of each program takes. */
export const microsecondsOf = <Name extends string>(
  programs: Readonly<Record<Name, Program>>,
  runs: number,
): Promise<Readonly<Record<Name, number>>> =>
  mediansOf(Object.keys(programs) as Name[], async (name) => {
    const program = programs[name];
    const start = process.cpuUsage();
    for (let index = 0; index < runs; index += 1) {
      const result = program(index);
      // A synchronous program must not pay for a turn of the event loop.
      if (result instanceof Promise) await result;
    }
    const { user, system } = process.cpuUsage(start);
    return (user + system) / runs;
  });

/** The middle value, or the mean of the two middle values. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const [below = Number.NaN, above = Number.NaN] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  return (below + above) / 2;
}
