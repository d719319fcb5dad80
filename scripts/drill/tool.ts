import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const TOOL = join(__dirname, "..", "..", "runtime", "ops", "cqrs-ops.ts");

export interface Ran {
  readonly code: number;
  readonly report: Readonly<Record<string, unknown>>;
  readonly seconds: number;
}

/** Runs `cqrs-ops` as a job would, prints what it says of its progress, and gives its report. */
export async function cqrsOps(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<Ran> {
  const began = Date.now();
  console.log(`\n$ cqrs-ops ${args.join(" ")}`);
  const program = spawn(process.execPath, ["--import", "tsx", TOOL, "--json", ...args], {
    env: { PATH: process.env.PATH, NODE_ENV: "test", ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let out = "";
  program.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  const [code] = await once(program, "close");
  const ran = { code: Number(code), report: JSON.parse(out === "" ? "{}" : out), seconds: (Date.now() - began) / 1000 };
  console.log(`exit code ${ran.code} after ${ran.seconds.toFixed(1)} s: ${out.trim()}`);
  return ran;
}
