#!/usr/bin/env node
import { CommanderError } from "commander";
import { EXIT_CODES } from "./outcome";
import { meantIn, program } from "./program";

/** A command that is asked to end gives up what it does, and closes what it has opened. */
async function main(): Promise<void> {
  // Whoever reads may go away, as `head` does: what is being done goes on.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  const end = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => end.abort(new Error(`ended by ${signal}`)));
  const tool = program(
    {
      environment: process.env,
      out: (text) => void process.stdout.write(text),
      progress: (text) => void process.stderr.write(text),
      isTerminal: process.stderr.isTTY === true,
      signal: end.signal,
    },
    (code) => {
      process.exitCode = code;
    },
  );
  try {
    await tool.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) return failed(error);
    // commander has said why; help is no fault.
    process.exitCode = error.exitCode === 0 ? EXIT_CODES.sound : EXIT_CODES.couldNotCheck;
    if (error.exitCode === 0 || tool.opts<{ json?: boolean }>().json !== true) return;
    const message = error.code === "commander.help" ? "a command must be given" : error.message.replace(/^error: /, "");
    const refused = { command: meantIn(tool), outcome: "could not check", error: message };
    process.stdout.write(`${JSON.stringify(refused)}\n`);
  }
}

/** Node's own exit code for it is 1, by which a backup would be said to be damaged. */
function failed(error: unknown): never {
  process.stderr.write(`cqrs-ops: ${error instanceof Error ? error.stack : error}\n`);
  process.exit(EXIT_CODES.couldNotCheck);
}

process.on("uncaughtException", failed);
void main();
