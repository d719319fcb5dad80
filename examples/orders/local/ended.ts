import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** Ends a program by a signal that it takes as it should. */
export async function ended(program: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
  if (program.exitCode !== null || program.signalCode !== null) return;
  const over = once(program, "exit");
  program.kill(signal);
  await over;
}
