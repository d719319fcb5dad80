import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const VARIABLE = "TEST_RUN_FOLDER";

/** A folder that one run of jest and all its workers share, which PostgreSQL's user may enter. It is removed at the end. */
export function runFolder(): string {
  const folder = process.env[VARIABLE];
  if (folder === undefined) throw new Error(`${VARIABLE}: must be set by jest's global setup`);
  return folder;
}

/** Jest's global setup; the workers get its environment. What it returns is no teardown for jest, so `test-run-end.ts` is. */
export default function beginRun(): void {
  const folder = mkdtempSync(join(tmpdir(), "test-run-"));
  chmodSync(folder, 0o777);
  process.env[VARIABLE] = folder;
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

export function endRun(): void {
  rmSync(runFolder(), { recursive: true, force: true });
}
