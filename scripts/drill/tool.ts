import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** As it is published. */
const TOOL = join(__dirname, "..", "..", "runtime", "dist", "runtime", "ops", "cqrs-ops.js");

export interface Ran {
  readonly code: number;
  readonly report: Readonly<Record<string, unknown>>;
  readonly seconds: number;
  /** The most that it had in memory. */
  readonly megabytes: number;
}

/** Runs `cqrs-ops` as a job would, prints what it says of its progress, and gives its report. */
export async function cqrsOps(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<Ran> {
  const began = performance.now();
  console.log(`\n$ cqrs-ops ${args.join(" ")}`);
  const program = spawn(process.execPath, [TOOL, "--json", ...args], {
    env: { PATH: process.env.PATH, NODE_ENV: "test", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  program.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  let last = "";
  program.stderr.setEncoding("utf8").on("data", (text: string) => {
    process.stderr.write(text);
    last = text;
  });
  const [code] = await once(program, "close");
  const [, megabytes] = /"megabytes":(\d+)/.exec(last) ?? [];
  const ran = {
    ...{ code: Number(code), report: JSON.parse(out === "" ? "{}" : out), megabytes: Number(megabytes) },
    seconds: Math.round(performance.now() - began) / 1000,
  };
  console.log(`exit code ${ran.code} after ${ran.seconds.toFixed(1)} s: ${out.trim()}`);
  return ran;
}
