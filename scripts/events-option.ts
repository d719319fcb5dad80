import { parseArgs } from "node:util";

/** Fewer would not fill a batch of every partition. */
const LEAST = 10_000;

/** How many events of history a script makes: `--events N`, or its default. */
export function eventsOption(byDefault: number): number {
  const { events = `${byDefault}` } = parseArgs({ options: { events: { type: "string" } } }).values;
  const count = Number(events);
  if (!Number.isSafeInteger(count) || count < LEAST)
    throw new Error(`--events: must be a whole number of ${LEAST} or more, got ${JSON.stringify(events)}`);
  return count;
}
