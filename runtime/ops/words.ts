/** A report's facts in words: a line each, their names first. */
export const words = (title: string, facts: Readonly<Record<string, unknown>>): string =>
  [
    title,
    ...Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [] : [`  ${name}: ${wordOf(value)}`])),
  ].join("\n");

const wordOf = (value: unknown): string => (typeof value === "number" ? numberWord(value) : `${value}`);

const numberWord = (value: number): string =>
  Number.isInteger(value) ? value.toLocaleString("en-US") : value.toLocaleString("en-US", { maximumFractionDigits: 1 });

/** How long ago something was, as people say it. */
export function ago(since: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(since)) / 1000));
  if (seconds < 120) return `${seconds} seconds`;
  if (seconds < 2 * 60 * 60) return `${Math.round(seconds / 60)} minutes`;
  return seconds < 48 * 60 * 60 ? `${Math.round(seconds / 3600)} hours` : `${Math.round(seconds / 86_400)} days`;
}
