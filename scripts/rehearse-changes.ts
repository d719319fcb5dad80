import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { CHANGES } from "../__tests__/support/synthesis/changes";
import { MOVES } from "../__tests__/support/synthesis/moves";
import { production } from "../environments/production";
import type { Environment } from "../lib/config/environment";
import { outcomesOf } from "./rehearsal/change-outcomes";
import { runCommand, type Workspace } from "./rehearsal/command";
import { distinctStacks, formatSharedStacks, type Scenario } from "./rehearsal/distinct-stacks";
import { movedProgram } from "./rehearsal/moved-program";
import type { Program } from "./rehearsal/program";
import { rehearseSideBySide } from "./rehearsal/side-by-side";
import { type StackStep, stepIn } from "./rehearsal/steps";
import { synthesize } from "./rehearsal/synthesis";

// Takes production through each change that the README lists, and through each change outside Terraform that
// docs/drift.md lists, with the real Terraform on simulated providers. Terraform must change, replace and destroy what
// the change names, and nothing else. All changes are one rehearsal. Each change has separate stacks and states for what
// it changes. Stacks that changes only need are deployed once for all of them.

async function main({ folder, signal }: Workspace): Promise<boolean> {
  const unchanged = synthesize(join(folder, "production"), { production });
  const synthesized = (of: ((environment: Environment) => Environment) | undefined, label: string): Program =>
    of === undefined ? unchanged : synthesize(join(folder, label), { production: of(production) });
  const versions = [
    ...CHANGES.map(({ from, of }, index) => [synthesized(from, `${index}-before`), synthesized(of, `${index}-after`)]),
    ...MOVES.map(({ leaves, of }, index) => [movedProgram(unchanged, leaves), synthesized(of, `moved-${index}`)]),
  ];
  const scenarios = versions.map(([before = {}, after = {}], index): Scenario => {
    return { label: `${index + 1}`, versions: [before, after], stacks: differingStacks(before, after) };
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
  const planned = [...CHANGES, ...MOVES];
  const outcomes = outcomesOf(planned, { stacks, steps, stopped });
  console.log(outcomes.map(({ lines }) => lines.join("\n  ")).join("\n"));
  const asExpected = outcomes.filter(({ verdict }) => verdict === "as expected");
  console.log(`${asExpected.length} of ${planned.length} changes do what is expected, and nothing else`);
  return rehearsed.every(({ isPassed }) => isPassed) && asExpected.length === planned.length;
}

/** Names of the stacks whose JSON or assets differ. */
const differingStacks = (before: Program, after: Program): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => {
    const [was, is] = [before[name], after[name]];
    return was?.assets !== is?.assets || !isDeepStrictEqual(was?.tf, is?.tf);
  });

runCommand("rehearsal of changes", main);
