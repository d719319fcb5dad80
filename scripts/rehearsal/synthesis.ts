import { App } from "cdktf";
import type { Environment } from "../../lib/config/environment";
import { platforms } from "../../stacks/platform";
import { ProtectionLock } from "../../stacks/protection-lock";
import { type Program, readProgram } from "./program";

/** Synthesizes the platforms of the environments. */
export function synthesize(outdir: string, environments: Readonly<Record<string, Environment>>): Program {
  const app = new App({ outdir });
  platforms(app, environments);
  new ProtectionLock(app, "Lock", { file: false });
  app.synth();
  return readProgram(outdir);
}
