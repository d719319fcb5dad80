import { parseArgs } from "node:util";

/** Fewer would not fill a batch of every partition. */
const LEAST = 10_000;

/**
 * How many events of history a script makes: `--events N`, or its default. Ends the process with exit code 2 if the
 * arguments are anything else.
 */
export function eventsOption(byDefault: number, args: readonly string[] = process.argv.slice(2)): number {
  try {
    const { events = `${byDefault}` } = parseArgs({ args: [...args], options: { events: { type: "string" } } }).values;
    const count = Number(events);
    if (Number.isSafeInteger(count) && count >= LEAST) return count;
    throw new Error(`--events: must be a whole number of ${LEAST} or more, got ${JSON.stringify(events)}`);
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
}
