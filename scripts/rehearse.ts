import { join } from "node:path";
import { parseArgs } from "node:util";
import { STANDINGS, withMonitoring } from "../__tests__/support/synthesis/switches";
import { production } from "../environments/production";
import { staging } from "../environments/staging";
import { runCommand, type Workspace } from "./rehearsal/command";
import { distinctStacks, formatSharedStacks, type Scenario } from "./rehearsal/distinct-stacks";
import { readProgram } from "./rehearsal/program";
import { secretsInStates } from "./rehearsal/secrets-in-states";
import { rehearseSideBySide } from "./rehearsal/side-by-side";
import { synthesize } from "./rehearsal/synthesis";

// Deploys every stack of a synthesized app with the real Terraform on simulated providers, destroys it, and looks for
// secrets in the states. The app is in the folder that is the argument, and otherwise synthesized. `--from FOLDER` deploys
// an earlier synthesis first. `--switches` adds both environments in each combination of the monitoring switches.

async function main(workspace: Workspace): Promise<boolean> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      from: { type: "string" },
      switches: { type: "boolean", default: false },
      "plan-to": { type: "string" },
      schemas: { type: "string" },
    },
  });
  const { from, switches, ...passedOn } = values;
  if (from !== undefined && switches) throw new Error("--switches: must be given without --from, got both");
  const [outdir] = positionals;
  // Not what an earlier synthesis left in `cdktf.out`, which may be of other code.
  const program =
    outdir === undefined ? synthesize(join(workspace.folder, "program"), { production, staging }) : readProgram(outdir);
  const versions = from === undefined ? [program] : [readProgram(from), program];
  const scenarios = [{ label: "", versions }, ...(switches ? combinations(workspace) : [])];

  const stacks = distinctStacks(scenarios);
  console.log(formatSharedStacks(stacks));
  const rehearsed = await rehearseSideBySide(stacks, {
    ...workspace,
    args: Object.entries(passedOn).map(([option, value]) => `--${option}=${value}`),
    report: (lines) => console.log(lines),
  });
  const secrets = rehearsed.flatMap(({ kept }) => (kept === undefined ? [] : secretsInStates(kept)));
  const isPassed = rehearsed.every((each) => each.isPassed);
  if (isPassed && secrets.length === 0) console.log("no secret in any state");
  if (secrets.length > 0) console.log(`secrets in the state:\n  ${secrets.join("\n  ")}`);
  return isPassed && secrets.length === 0;
}

const combinations = ({ folder }: Workspace): Scenario[] =>
  STANDINGS.map(([label, monitoring]) => {
    const environments = {
      production: withMonitoring(production, monitoring),
      staging: withMonitoring(staging, monitoring),
    };
    return { label, versions: [synthesize(join(folder, label), environments)] };
  });

runCommand("rehearsal", main);
