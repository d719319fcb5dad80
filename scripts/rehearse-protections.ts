import { join } from "node:path";
import type { Protection, RefusedByTerraform } from "../__tests__/support/synthesis/protections/protection";
import { PROTECTIONS } from "../__tests__/support/synthesis/protections/protections";
import { production } from "../environments/production";
import { runCommand, type Workspace } from "./rehearsal/command";
import { distinctStacks } from "./rehearsal/distinct-stacks";
import { synthesize } from "./rehearsal/synthesis";
import { runTool } from "./rehearsal/tool";
import { writeProgram } from "./rehearsal/written-program";

// Takes an environment through each change that Terraform must refuse while `deletionProtection` is on, with the real
// Terraform on simulated providers. What the protection lock refuses is never planned: __tests__/protections.test.ts.

async function main(workspace: Workspace): Promise<boolean> {
  const byTerraform = PROTECTIONS.flatMap((protection, index) =>
    protection.refused.by === "Terraform" ? [{ ...protection, refused: protection.refused, label: `${index}` }] : [],
  );
  const failed: string[] = [];
  for (const protection of byTerraform) {
    console.log(`${protection.key}:`);
    if (!(await isRefused(protection, workspace))) failed.push(protection.key);
  }
  const refused = byTerraform.length - failed.length;
  console.log([`${refused} of ${byTerraform.length} changes are refused`, ...failed].join("\n  not: "));
  return failed.length === 0;
}

/** Deploys the stack and those that it needs as they were, and then as the change has them. */
async function isRefused(
  {
    from = (it) => it,
    of,
    refused,
    label,
  }: Protection & { readonly refused: RefusedByTerraform; readonly label: string },
  { folder, signal }: Workspace,
): Promise<boolean> {
  const own = join(folder, label);
  const versions = [from(production), of(from(production))].map((environment, version) =>
    synthesize(join(folder, `${label}-synthesized-${version}`), { production: environment }),
  );
  const stacks = distinctStacks([{ label: "", versions, stacks: [refused.stack] }]);
  const [before, after] = [0, 1].map((version) => {
    const outdir = join(own, `version-${version}`);
    writeProgram(outdir, stacks, version);
    return outdir;
  });
  const { isPassed } = await runTool({
    args: [after ?? "", "--from", before ?? "", "--expect-refused", refused.address],
    folder: join(own, "files"),
    signal,
    report: (lines) => console.log(`  ${lines}`),
  });
  return isPassed;
}

runCommand("rehearsal of protections", main);
