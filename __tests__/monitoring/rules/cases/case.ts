import type { Severity } from "../../../../lib/monitoring/rules/alert";

/** What an alert says of series that are sound, then are not, and then are again. */
export interface AlertCase {
  readonly name: string;
  readonly severity: Severity;
  /** Labels of the rule itself, where several have its name and severity. */
  readonly rule?: Readonly<Record<string, string>>;
  /** Values by series: see `level`, `growing` and `missing`. */
  readonly series: Readonly<Record<string, string>>;
  /** Labels of the series that the alert comes with. */
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
  /** Minutes of each phase. @default - those of `LENGTHS` */
  readonly lengths?: Lengths;
  /** Minutes from one evaluation of the rules to the next, of which each phase has a whole number. @default 1 */
  readonly evaluation?: number;
}

/** Minutes, and values, until it begins, until it ends, and after it. */
export interface Lengths {
  readonly good: number;
  readonly bad: number;
  readonly after: number;
}

export const LENGTHS: Lengths = { good: 60, bad: 90, after: 150 };

export const WRITE = { environment: "production", side: "write" } as const;
export const READ = { environment: "production", side: "read" } as const;

/** From a value on, so much more each minute, so many of them. */
const run = (from: number, step: number, count: number): string =>
  step < 0 ? `${from}-${-step}x${count - 1}` : `${from}+${step}x${count - 1}`;

/** A gauge. */
export const level = (good: number, bad: number, { good: before, bad: during, after }: Lengths = LENGTHS): string =>
  [run(good, 0, before), run(bad, 0, during), run(good, 0, after)].join(" ");

/** A counter or a clock, by what each minute adds. */
export function growing(good: number, bad: number, lengths: Lengths = LENGTHS): string {
  const first = good * lengths.good;
  const second = first + bad * lengths.bad;
  return [run(0, good, lengths.good), run(first, bad, lengths.bad), run(second, good, lengths.after)].join(" ");
}

/** Seconds from now, whenever now is. */
export function inSeconds(good: number, bad: number, lengths: Lengths = LENGTHS): string {
  const [first, second] = [lengths.good * 60, (lengths.good + lengths.bad) * 60];
  return [run(good, 60, lengths.good), run(bad + first, 60, lengths.bad), run(good + second, 60, lengths.after)].join(
    " ",
  );
}

/** When something was done last: each minute, then not at all, then again. */
export function stopping(lengths: Lengths = LENGTHS): string {
  const [first, second] = [lengths.good * 60, (lengths.good + lengths.bad) * 60];
  return [run(0, 60, lengths.good), run(first - 60, 0, lengths.bad), run(second, 60, lengths.after)].join(" ");
}

/** A gauge that is not there for a while. */
export const missing = (value: number): string =>
  [run(value, 0, LENGTHS.good), `_x${LENGTHS.bad}`, run(value, 0, LENGTHS.after)].join(" ");

/** A gauge that is the same all the time. */
export const steady = (value: number, { good, bad, after }: Lengths = LENGTHS): string =>
  run(value, 0, good + bad + after);
