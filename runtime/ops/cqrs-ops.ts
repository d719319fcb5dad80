#!/usr/bin/env node
import { EXIT_CODES } from "./outcome";
import { runTool } from "./run-tool";

/** A command that is asked to end gives up what it does, and closes what it has opened. */
async function main(): Promise<void> {
  // Whoever reads may go away, as `head` does: what is being done goes on.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  const end = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => end.abort(new Error(`ended by ${signal}`)));
  process.exitCode = await runTool(process.argv.slice(2), {
    environment: process.env,
    out: (text) => void process.stdout.write(text),
    progress: (text) => void process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true,
    signal: end.signal,
  });
}

/** Node's own exit code for it is 1, by which a backup would be said to be damaged. */
function failed(error: unknown): never {
  process.stderr.write(`cqrs-ops: ${error instanceof Error ? error.stack : error}\n`);
  process.exit(EXIT_CODES.couldNotCheck);
}

process.on("uncaughtException", failed);
// With --unhandled-rejections=warn in NODE_OPTIONS, an unhandled rejection would end with exit code 0.
main().catch(failed);
