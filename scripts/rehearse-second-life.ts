import { join } from "node:path";
import { production } from "../environments/production";
import { runCommand, type Workspace } from "./rehearsal/command";
import { rehearseSecondLife } from "./rehearsal/second-life";
import { synthesize } from "./rehearsal/synthesis";

// Creates production, destroys it and creates it again under the same names, with the real Terraform on simulated
// providers. A model of the AWS account keeps what AWS keeps, and fails the rehearsal if a name is taken.

async function main(workspace: Workspace): Promise<boolean> {
  const unprotected = { ...production, deletionProtection: false };
  const program = synthesize(join(workspace.folder, "program"), { production: unprotected });
  const refused = await rehearseSecondLife(program, { ...workspace, report: (lines) => console.log(lines) });
  console.log(refused.length === 0 ? "AWS refuses nothing" : `AWS refuses:\n  ${refused.join("\n  ")}`);
  return refused.length === 0;
}

runCommand("rehearsal of a second life", main);
