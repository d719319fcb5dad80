import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../../../lib/config/environment";
import { runFolder } from "../test-run/test-run";
import { type Synthesized, synthesize } from "./synthesized";

/** What `synthesize` returns, for suites that only read it: one run of jest synthesizes the same environments once. */
export function synthesizedOnce(environments: Readonly<Record<string, Environment>>): Synthesized {
  const key = createHash("sha256").update(JSON.stringify(environments)).digest("hex");
  const file = join(runFolder(), `synthesized-${key}.json`);
  if (!existsSync(file)) {
    // Another worker may write the same file at the same time.
    const unfinished = `${file}.${process.pid}`;
    writeFileSync(unfinished, JSON.stringify(synthesize(environments)));
    renameSync(unfinished, file);
  }
  return JSON.parse(readFileSync(file, "utf8"));
}
