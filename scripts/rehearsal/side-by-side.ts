import { join } from "node:path";
import type { DistinctStack } from "./distinct-stacks";
import { partition } from "./partition";
import { type Rehearsed, runTool } from "./tool";
import { writeProgram } from "./written-program";

/** A rehearsal takes one core: the tool waits for Terraform, which is one process at a time. */
const AT_ONCE = 2;

export interface Options {
  /** For all files of the rehearsals. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Further arguments of the tool. */
  readonly args?: readonly string[];
  readonly report: (lines: string) => void;
}

/** Rehearses the stacks in two runs of the tool side by side, neither of which needs a stack of the other. */
export async function rehearseSideBySide(
  stacks: readonly DistinctStack[],
  { folder, signal, args = [], report }: Options,
): Promise<Rehearsed[]> {
  const failure = new AbortController();
  const groups = partition(stacks, AT_ONCE, ({ versions }) => JSON.stringify(versions).length);
  return Promise.all(
    groups.map(async (group, index) => {
      const own = join(folder, `${index}`);
      const outdirs = (group[0]?.versions ?? []).map((_, version) => {
        const outdir = join(own, `version-${version}`);
        writeProgram(outdir, group, version);
        return outdir;
      });
      const [after = "", before] = outdirs.toReversed();
      const rehearsed = await runTool({
        args: [after, ...(before === undefined ? [] : ["--from", before]), ...args],
        folder: join(own, "files"),
        signal: AbortSignal.any([signal, failure.signal]),
        report,
      });
      if (failure.signal.aborted) report(`stopped with ${group.length} stacks, because another rehearsal failed`);
      else if (!rehearsed.isPassed) failure.abort();
      return rehearsed;
    }),
  );
}
