import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** Deploys and destroys a synthesized app with Terraform on simulated providers. It is not in this repository. */
export const TOOL = join(__dirname, "..", "..", "..", "shared", "tools", "rehearse.mjs");

export interface Rehearsal {
  /** The tool's arguments. */
  readonly args: readonly string[];
  /** For its files. No other rehearsal uses it. */
  readonly folder: string;
  /** Stops the tool and all processes that it started. */
  readonly signal: AbortSignal;
  /** Receives the output as it is printed, a block at a time: a line and the indented lines below it. */
  readonly report: (lines: string) => void;
}

export interface Rehearsed {
  readonly isPassed: boolean;
  /** The folder of the copies of the stacks and of their states. A rehearsal that passed has one. */
  readonly kept: string | undefined;
}

/**
 * Runs the tool to its end.
 * @throws if it passes without naming the folder that it keeps, because its states cannot be searched for secrets.
 */
export async function runTool({ args, folder, signal, report }: Rehearsal): Promise<Rehearsed> {
  signal.throwIfAborted();
  mkdirSync(folder, { recursive: true });
  // A separate process group, because the tool does not stop the Terraform process that it waits for.
  const tool = spawn(process.execPath, [TOOL, "--keep", ...args], {
    env: terraformEnvironment(folder),
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const exit = new Promise<number | null>((resolve, reject) => tool.on("close", resolve).on("error", reject));
  const end = (): void => killGroup(tool.pid);
  signal.addEventListener("abort", end);
  try {
    const kept = await blocksOf(createInterface({ input: tool.stdout }), report);
    const isPassed = (await exit) === 0;
    if (isPassed && kept === undefined) throw new Error(`${TOOL}: must print the folder that it keeps, got none`);
    return { isPassed, kept };
  } finally {
    signal.removeEventListener("abort", end);
    end();
  }
}

function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Of processes that run Terraform. */
export const terraformEnvironment = (folder: string): NodeJS.ProcessEnv => ({
  ...process.env,
  TMPDIR: folder,
  // Terraform does not lock the plugin cache, so two runs must not share one.
  TF_PLUGIN_CACHE_DIR: undefined,
  // Each Terraform process lives for seconds and reads large schemas. Measured on staging's monitoring: at 800, a plan
  // takes 40 % less CPU than at Go's default of 100, and 410 MB of memory instead of 120 MB.
  GOGC: "800",
});

/** Reports each block of lines, except the line that names the kept folder. @returns that folder. */
async function blocksOf(lines: AsyncIterable<string>, report: (lines: string) => void): Promise<string | undefined> {
  let kept: string | undefined;
  let block: string[] = [];
  const flush = () => {
    if (block.length > 0) report(block.join("\n"));
    block = [];
  };
  for await (const line of lines) {
    if (!line.startsWith(" ")) flush();
    const named = /^kept in (.+)$/.exec(line)?.[1];
    if (named === undefined) block.push(line);
    else kept = named;
  }
  flush();
  return kept;
}
