#!/usr/bin/env node
import { CommanderError } from "commander";
import { EXIT_CODES } from "./outcome";
import { program } from "./program";

/** A command that is asked to end gives up what it does, and closes what it has opened. */
async function main(): Promise<void> {
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
    if (!(error instanceof CommanderError)) throw error;
    // commander has said why; help is no fault.
    process.exitCode = error.exitCode === 0 ? EXIT_CODES.sound : EXIT_CODES.couldNotCheck;
  }
}

void main();
