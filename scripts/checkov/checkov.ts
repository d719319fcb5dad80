import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Program, STACK_FILE } from "../rehearsal/program";
import type { CheckovReport } from "./findings";

/** The accepted findings are those of its checks: each version has others. */
export const CHECKOV_VERSION = "3.3.30";
const MAX_REPORT_BYTES = 64 * 1024 * 1024;

const run = promisify(execFile);

/** The version of that program; undefined where there is none. */
export const checkovVersion = async (program: string): Promise<string | undefined> =>
  run(program, ["--version"]).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );

/**
 * Runs checkov on the stacks. It asks no service.
 * @param folder in which it is handed what it reads
 * @throws {Error} for a check that could not be run.
 */
export async function scan(
  checkov: string,
  stacks: Program,
  skippedChecks: readonly string[],
  folder: string,
): Promise<CheckovReport> {
  for (const [name, { tf }] of Object.entries(stacks)) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, STACK_FILE), JSON.stringify(tf, readable));
  }
  const { stdout, stderr } = await run(
    checkov,
    [
      ...["--directory", folder, "--framework", "terraform_json", "--skip-download"],
      ...["--output", "json", "--compact", "--soft-fail", "--skip-check", skippedChecks.join(",")],
    ],
    { maxBuffer: MAX_REPORT_BYTES },
  );
  const failed = stderr.split("\n").filter((line) => line.includes("Failed to run check"));
  if (failed.length > 0) throw new Error(failed.join("\n"));
  return JSON.parse(stdout) as CheckovReport;
}

/** checkov 3.3.30 can't read a version as a text, nor a block `import`, and its CKV_K8S_159 no list without variables. */
const readable = (key: string, value: unknown): unknown =>
  ["required_version", "import"].includes(key) || (key === "env" && Array.isArray(value) && value.length === 0)
    ? undefined
    : value;
