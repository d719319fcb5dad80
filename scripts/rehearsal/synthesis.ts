import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { App } from "cdktf";
import type { Environment } from "../../lib/config/environment";
import { platforms } from "../../stacks/platform";
import { type Program, readProgram } from "./program";

const ROOT = join(__dirname, "..", "..");

/** What the platforms of the environments become. */
export function synthesize(outdir: string, environments: Readonly<Record<string, Environment>>): Program {
  const app = new App({ outdir });
  platforms(app, environments);
  app.synth();
  return readProgram(outdir);
}

/** What `main.ts` becomes, in a process of its own as the CLI would run it. */
export function synthesizeMain(outdir: string): Program {
  const { status } = spawnSync(process.execPath, ["--import", "tsx", "main.ts"], {
    cwd: ROOT,
    env: { ...process.env, CDKTF_OUTDIR: outdir },
    stdio: "inherit",
  });
  if (status !== 0) throw new Error("main.ts: must synthesize before it can be rehearsed, got an error");
  return readProgram(outdir);
}
