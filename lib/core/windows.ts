import { mismatch, type Problem } from "./problems";
import { optional, type Rule, shape } from "./rules";

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const MINUTES_A_DAY = 24 * 60;
const MINUTES_A_WEEK = DAYS.length * MINUTES_A_DAY;

/** Minutes of the week, from Monday 00:00 UTC on; a span may run over the week's end into its beginning. */
interface Span {
  readonly start: number;
  readonly minutes: number;
}

/**
 * Ours: a longer window is a typing error, such as an end before its beginning. It also leaves every day room for the
 * replicas' windows, whatever the other two are.
 */
const MAX_HOURS = 12;

const TIME = "(?:[01]\\d|2[0-3]):[0-5]\\d";
const DAY = `(?:${DAYS.join("|")})`;
const DAILY = new RegExp(`^(${TIME})-(${TIME})$`);
const WEEKLY = new RegExp(`^(${DAY}:${TIME})-(${DAY}:${TIME})$`);

/** A window of every day, at least `minMinutes` long: `'02:00-03:00'`. */
export const isDailyWindow = (minMinutes: number): Rule =>
  isWindow(`a daily window such as '02:00-03:00'`, dailySpanOf, minMinutes);

/** A window of one day of the week, at least `minMinutes` long. Lower case, as AWS gives it back: `'sun:04:00-sun:05:00'`. */
export const isWeeklyWindow = (minMinutes: number): Rule =>
  isWindow(`a weekly window such as 'sun:04:00-sun:05:00'`, weeklySpanOf, minMinutes);

/** Tokens do not pass: that two windows don't overlap is known at synth or not at all. */
function isWindow(what: string, spanOf: (window: unknown) => Span | undefined, minMinutes: number): Rule {
  const allowed = `${what}, in UTC, of ${minMinutes} minutes to ${MAX_HOURS} hours`;
  return {
    allowed,
    problemsOf(value, path) {
      const minutes = spanOf(value)?.minutes ?? 0;
      return minutes >= minMinutes && minutes <= MAX_HOURS * 60 ? [] : [{ path, message: mismatch(allowed, value) }];
    },
  };
}

/** AWS refuses a weekly window that overlaps the daily one, but only at apply. */
export function overlapProblems(weekly: string, daily: string, dailyKey: string, path: string): readonly Problem[] {
  const span = weeklySpanOf(weekly);
  return span !== undefined && occurrencesOf(daily).some((each) => overlap(each, span))
    ? [{ path: `${path}.maintenanceWindow`, message: `must not overlap ${dailyKey} '${daily}', got '${weekly}'` }]
    : [];
}

/** RDS: the shortest window, and what it gives an instance for which none is asked. */
const STAGGER_MINUTES = 30;

/**
 * The `position`th half hour before a weekly window, from 1 on, that leaves the daily window free. It depends on its
 * position alone: one more of them moves none of the others.
 */
export function windowBefore(weekly: string, daily: string, position: number): string {
  const taken = occurrencesOf(daily);
  let start = weeklySpanOf(weekly)?.start ?? 0;
  for (let found = 0; found < position; ) {
    start = minuteOfWeek(start - STAGGER_MINUTES);
    const inTheWay = taken.find((each) => overlap(each, { start, minutes: STAGGER_MINUTES }));
    if (inTheWay === undefined) found += 1;
    else start = inTheWay.start;
  }
  return `${momentAt(start)}-${momentAt(start + STAGGER_MINUTES)}`;
}

/** A database's own windows. */
export interface Windows {
  /** @default - none */
  readonly daily?: string;
  /** @default - none */
  readonly weekly?: string;
}

/** Each leaves free hours in every week: a plan of AWS Backup without a rule is refused. */
export const isWindows: Rule = shape<Windows>({
  daily: optional(isDailyWindow(STAGGER_MINUTES)),
  weekly: optional(isWeeklyWindow(STAGGER_MINUTES)),
});

const HOUR = 60;

/**
 * The hours of each day, Monday first, in which a job may begin that RDS refuses within a window and in the hour before
 * it. A job begins at any minute of its hour.
 */
export function freeHours({ daily = "", weekly }: Windows): readonly (readonly number[])[] {
  const closed = [...occurrencesOf(daily), weeklySpanOf(weekly)].flatMap((span) =>
    span === undefined ? [] : [{ start: minuteOfWeek(span.start - HOUR), minutes: span.minutes + HOUR }],
  );
  return DAYS.map((_, day) =>
    Array.from({ length: MINUTES_A_DAY / HOUR }, (_, hour) => hour).filter((hour) => {
      const begins = { start: day * MINUTES_A_DAY + hour * HOUR, minutes: HOUR };
      return !closed.some((span) => overlap(span, begins));
    }),
  );
}

const minuteOfWeek = (minute: number): number => (minute + MINUTES_A_WEEK) % MINUTES_A_WEEK;

/** Whether either begins before the other has ended, around the week. */
const overlap = (a: Span, b: Span): boolean =>
  minuteOfWeek(b.start - a.start) < a.minutes || minuteOfWeek(a.start - b.start) < b.minutes;

function occurrencesOf(daily: string): Span[] {
  const span = dailySpanOf(daily);
  return span === undefined ? [] : DAYS.map((_, day) => ({ ...span, start: span.start + day * MINUTES_A_DAY }));
}

function dailySpanOf(window: unknown): Span | undefined {
  const [, from, to] = (typeof window === "string" && DAILY.exec(window)) || [];
  if (from === undefined || to === undefined) return undefined;
  const start = minuteAt(from);
  return { start, minutes: (minuteAt(to) - start + MINUTES_A_DAY) % MINUTES_A_DAY };
}

function weeklySpanOf(window: unknown): Span | undefined {
  const [, from, to] = (typeof window === "string" && WEEKLY.exec(window)) || [];
  if (from === undefined || to === undefined) return undefined;
  const start = minuteAt(from);
  return { start, minutes: minuteOfWeek(minuteAt(to) - start) };
}

/** Of `'04:00'` the minute of a day, of `'sun:04:00'` the minute of the week. */
function minuteAt(moment: string): number {
  const [minutes = 0, hours = 0] = moment.split(":").slice(-2).reverse().map(Number);
  const day = DAYS.findIndex((name) => moment.startsWith(name));
  return Math.max(day, 0) * MINUTES_A_DAY + hours * 60 + minutes;
}

function momentAt(minute: number): string {
  const [day, rest] = [Math.floor(minuteOfWeek(minute) / MINUTES_A_DAY), minuteOfWeek(minute) % MINUTES_A_DAY];
  const [hours, minutes] = [Math.floor(rest / 60), rest % 60].map((part) => String(part).padStart(2, "0"));
  return `${DAYS[day]}:${hours}:${minutes}`;
}
