import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { TOOL } from "./tool";

/** What a command works with. */
export interface Workspace {
  /** A new folder, removed at the end. */
  readonly folder: string;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
}

/** Runs a command that needs the tool: exit status 1 if it returns false or throws. Without the tool it is skipped. */
export async function runCommand(name: string, command: (workspace: Workspace) => Promise<boolean>): Promise<void> {
  if (!existsSync(TOOL)) {
    console.log(`${name} skipped: its tool is not on this machine`);
    return;
  }
  const abort = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      process.exitCode = 128 + constants.signals[signal];
      abort.abort();
    });
  }
  const folder = mkdtempSync(join(tmpdir(), "rehearse-"));
  try {
    const isPassed = await command({ folder, signal: abort.signal });
    if (!isPassed) process.exitCode ??= 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode ??= 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
