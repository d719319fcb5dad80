import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DistinctStack } from "./distinct-stacks";
import { neededBy, STACK_FILE } from "./program";
import { withLocalStates } from "./remote-states";

/** Writes one version of the stacks as a separate app, in which each stack has its name in the rehearsal. */
export function writeProgram(outdir: string, stacks: readonly DistinctStack[], version: number): void {
  const written = stacks.flatMap(({ name, versions, needs }) => {
    const stack = versions[version];
    if (stack === undefined) return [];
    const workingDirectory = join("stacks", name);
    const file = join(workingDirectory, STACK_FILE);
    cpSync(stack.folder, join(outdir, workingDirectory), { recursive: true });
    const origins = Object.fromEntries(
      Object.entries(stack.reads).map(([id, origin]) => [id, needs[origin] ?? origin]),
    );
    writeFileSync(join(outdir, file), JSON.stringify(withLocalStates(stack.tf, name, origins), null, 2));
    const dependencies = neededBy(stack).map((needed) => needs[needed]);
    return [[name, { name, dependencies, workingDirectory, synthesizedStackPath: file }]];
  });
  mkdirSync(outdir, { recursive: true });
  writeFileSync(join(outdir, "manifest.json"), JSON.stringify({ stacks: Object.fromEntries(written) }));
}
