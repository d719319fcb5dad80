import { parseArgs } from "node:util";

/** Fewer events would not fill one batch of each partition. */
const LEAST = 10_000;

/**
 * Reads the number of events in a script's history: `--events N`, or its default. If the arguments are anything else,
 * it prints an error and ends the process with exit code 2.
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
