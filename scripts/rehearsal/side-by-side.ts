import { join } from "node:path";
import type { DistinctStack } from "./distinct-stacks";
import { partition } from "./partition";
import { type Rehearsed, runTool } from "./tool";
import { writeProgram } from "./written-program";

/** Runs of the tool. A run uses one core, because the tool starts one Terraform process at a time. */
const AT_ONCE = 2;

export interface Options {
  /** For all files of the rehearsals. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Further arguments of the tool. */
  readonly args?: readonly string[];
  readonly report: (lines: string) => void;
}

/** The rehearsal of some of the stacks. */
export interface GroupRehearsed extends Rehearsed {
  readonly stacks: readonly DistinctStack[];
  /** Whether it was stopped before its end, because the other rehearsal failed or a signal arrived. */
  readonly isStopped: boolean;
}

/**
 * Rehearses the stacks in two runs of the tool side by side. No run needs a stack of the other. If one run fails, the
 * other is stopped. Returns or throws after both have ended, so that the caller can remove the folder.
 */
export async function rehearseSideBySide(
  stacks: readonly DistinctStack[],
  { folder, signal, args = [], report }: Options,
): Promise<GroupRehearsed[]> {
  const failure = new AbortController();
  const stop = AbortSignal.any([signal, failure.signal]);
  const rehearse = async (group: readonly DistinctStack[], index: number): Promise<GroupRehearsed> => {
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
      signal: stop,
      report,
    });
    const isStopped = !rehearsed.isPassed && stop.aborted;
    if (isStopped) report(`other run stopped, number of its stacks: ${group.length}`);
    else if (!rehearsed.isPassed) failure.abort();
    return { ...rehearsed, stacks: group, isStopped };
  };
  const groups = partition(stacks, AT_ONCE, ({ versions }) => JSON.stringify(versions).length);
  const settled = await Promise.allSettled(
    groups.map((group, index) =>
      rehearse(group, index).catch((error: unknown) => {
        failure.abort(error);
        throw error;
      }),
    ),
  );
  // The other run may reject too, with the same error, because that is the reason with which it is stopped.
  const rejected = settled.find((each) => each.status === "rejected");
  if (rejected !== undefined) throw rejected.reason;
  return settled.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
}
