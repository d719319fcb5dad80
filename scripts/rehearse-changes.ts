import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { CHANGES } from "../__tests__/support/synthesis/changes";
import { production } from "../environments/production";
import { outcomesOf } from "./rehearsal/change-outcomes";
import { runCommand, type Workspace } from "./rehearsal/command";
import { distinctStacks, formatSharedStacks, type Scenario } from "./rehearsal/distinct-stacks";
import type { Program } from "./rehearsal/program";
import { rehearseSideBySide } from "./rehearsal/side-by-side";
import { type StackStep, stepIn } from "./rehearsal/steps";
import { synthesize } from "./rehearsal/synthesis";

// Takes production through each change that the README lists, with the real Terraform on simulated providers. Terraform
// must change, replace and destroy what the change names, and nothing else. All changes are one rehearsal. Each change
// has separate stacks and states for what it changes. Stacks that changes only need are deployed once for all of them.

async function main({ folder, signal }: Workspace): Promise<boolean> {
  const unchanged = synthesize(join(folder, "production"), { production });
  const scenarios = CHANGES.map(({ from, of }, index): Scenario => {
    const label = `${index + 1}`;
    const before =
      from === undefined ? unchanged : synthesize(join(folder, `${label}-before`), { production: from(production) });
    const after = synthesize(join(folder, `${label}-after`), { production: of(production) });
    return { label, versions: [before, after], stacks: differingStacks(before, after) };
  });
  const stacks = distinctStacks(scenarios);
  console.log(formatSharedStacks(stacks));
  const steps: StackStep[] = [];
  const rehearsed = await rehearseSideBySide(stacks, {
    ...{ folder, signal },
    report: (block) => {
      const step = stepIn(block);
      if (step !== undefined) steps.push(step);
    },
  });

  const stopped = rehearsed.flatMap(({ isStopped, stacks: group }) => (isStopped ? group : []));
  const outcomes = outcomesOf(CHANGES, { stacks, steps, stopped });
  console.log(outcomes.map(({ lines }) => lines.join("\n  ")).join("\n"));
  const asExpected = outcomes.filter(({ verdict }) => verdict === "as expected");
  console.log(`${asExpected.length} of ${CHANGES.length} changes do what is expected, and nothing else`);
  return rehearsed.every(({ isPassed }) => isPassed) && asExpected.length === CHANGES.length;
}

/** Names of the stacks whose JSON or assets differ. */
const differingStacks = (before: Program, after: Program): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => {
    const [was, is] = [before[name], after[name]];
    return was?.assets !== is?.assets || !isDeepStrictEqual(was?.tf, is?.tf);
  });

runCommand("rehearsal of changes", main);
