import { isDeepStrictEqual } from "node:util";
import type { DistinctStack } from "./distinct-stacks";
import type { StackStep } from "./steps";

/** A change and the steps that Terraform must take for it. */
export interface PlannedChange {
  readonly key: string;
  readonly plan: readonly string[];
}

export interface Rehearsal {
  /** Their labels are the numbers of the changes, from 1. */
  readonly stacks: readonly DistinctStack[];
  /** In the order in which Terraform took them. */
  readonly steps: readonly StackStep[];
  /** Stacks of a rehearsal that was stopped before its end. */
  readonly stopped: readonly DistinctStack[];
}

const VERDICTS = ["different", "not rehearsed", "as expected"] as const;

export interface ChangeOutcome {
  readonly verdict: (typeof VERDICTS)[number];
  /** Lines to print. */
  readonly lines: readonly string[];
}

/** Compares what each change did with its plan. Differing changes come first, then those that were not reached. */
export function outcomesOf(changes: readonly PlannedChange[], rehearsal: Rehearsal): ChangeOutcome[] {
  const outcomes = changes.map((change, index) => outcomeOf(change, `${index + 1}`, rehearsal));
  return VERDICTS.flatMap((verdict) => outcomes.filter((outcome) => outcome.verdict === verdict));
}

function outcomeOf({ key, plan }: PlannedChange, label: string, rehearsal: Rehearsal): ChangeOutcome {
  const { stacks, steps, stopped } = rehearsal;
  const own = stacks.filter(({ labels }) => labels.includes(label));
  const isUnreached = own.some((stack) => stopped.includes(stack) && !steps.some(({ name }) => name === stack.name));
  if (isUnreached) return { verdict: "not rehearsed", lines: [`${label}. ${key}: not rehearsed`] };
  const done = steps.flatMap(({ name, actions }) => {
    const stack = own.find((each) => each.name === name);
    return stack === undefined ? [] : actions.map((action) => `${stack.stack} ${action}`);
  });
  if (isDeepStrictEqual(done, plan)) return { verdict: "as expected", lines: [`${label}. ${key}`, ...done] };
  return { verdict: "different", lines: [`${label}. ${key}: must be ${shown(plan)}, got ${shown(done)}`] };
}

const shown = (actions: readonly string[]): string => (actions.length === 0 ? "nothing" : actions.join(", "));
