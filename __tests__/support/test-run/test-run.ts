import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const VARIABLE = "TEST_RUN_FOLDER";
const PREFIX = "test-run-";

/**
 * A folder that one run of jest and all its workers share, which PostgreSQL's user may enter. It is removed at the end.
 */
export function runFolder(): string {
  const folder = process.env[VARIABLE];
  if (folder === undefined) throw new Error(`${VARIABLE}: must be set by jest's global setup`);
  return folder;
}

/**
 * Jest's global setup; the workers get its environment. Jest ignores what it returns, so the teardown is in
 * `test-run-end.ts`.
 */
export default function beginRun(): void {
  removeFoldersOfEndedRuns();
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  chmodSync(folder, 0o777);
  process.env[VARIABLE] = folder;
  // cdktf creates this folder for each app, also for one that is not synthesized.
  process.env.CDKTF_OUTDIR = join(folder, "cdktf.out");
  try {
    // Loaded here, because suites take the folder from this file and the compiler takes long to load.
    const { compilePrograms } = require("./compile-programs") as typeof import("./compile-programs");
    compilePrograms();
  } catch (error) {
    // Jest calls no teardown after a setup that failed.
    endRun();
    throw error;
  }
}

/** A run that was killed or interrupted leaves its folder, whose name has its process id. */
function removeFoldersOfEndedRuns(): void {
  for (const name of readdirSync(tmpdir())) {
    const id = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : Number.NaN;
    if (Number.isNaN(id) || isRunning(id)) continue;
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    // The process is of another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

export function endRun(): void {
  rmSync(runFolder(), { recursive: true, force: true });
}
