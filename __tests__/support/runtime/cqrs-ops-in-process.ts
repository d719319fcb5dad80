import { join } from "node:path";
import { runTool } from "../../../runtime/ops/run-tool";
import { ROOT } from "../test-run/compiled";
import { bySchedule } from "../test-run/nightly";
import { APPLICATION, cqrsOps, type ToolRun } from "./cqrs-ops";

/** Jest compiles it itself, so that each module is loaded once. */
const APPLICATION_SOURCE = join(ROOT, "examples", "orders", "ops.ts");

/**
 * Runs the tool in this process, with this environment and nothing else of this one's: the function that the executable
 * calls, for a tenth of a process' CPU time. Signals, streams and memory are a process' own, so `cqrsOps` is for them.
 */
export async function cqrsOpsInProcess(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ToolRun> {
  let [out, progress] = ["", ""];
  const { OPS_APPLICATION } = environment;
  const code = await runTool(args, {
    environment: {
      ...{ NODE_ENV: "test", ...environment },
      OPS_APPLICATION: OPS_APPLICATION === APPLICATION ? APPLICATION_SOURCE : OPS_APPLICATION,
    },
    out: (text) => {
      out += text;
    },
    progress: (text) => {
      progress += text;
    },
    isTerminal: false,
    signal: new AbortController().signal,
  });
  return { code, out, progress };
}

/** The tool in this process in `npm test`, and as a process of its own in the nightly run. */
export const cqrsOpsBySchedule = bySchedule({ always: cqrsOpsInProcess, nightly: cqrsOps });
