import { fingerprintsOf } from "./fingerprint";
import { neededBy, type Program, type Stack } from "./program";

/** A program to rehearse, or the programs that are deployed over one another. */
export interface Scenario {
  /** Suffix of its stacks' names in the rehearsal; empty for the scenario whose stacks keep their names. */
  readonly label: string;
  /** In the order in which they are deployed. Every scenario of a rehearsal has the same number. */
  readonly versions: readonly Program[];
  /** Names of the stacks to rehearse, with those that they need. @default - all */
  readonly stacks?: readonly string[];
}

/** A stack that is rehearsed once, for every scenario that has it. */
export interface DistinctStack {
  /** Its name in the rehearsal: its name in the program, with the label of the first scenario that has it. */
  readonly name: string;
  /** Its name in the program. */
  readonly stack: string;
  /** One for each version; undefined if the version does not have the stack. */
  readonly versions: readonly (Stack | undefined)[];
  /** Names in the rehearsal of the stacks that it needs, by their names in the program. */
  readonly needs: Readonly<Record<string, string>>;
  /** Labels of the scenarios that have it. */
  readonly labels: readonly string[];
}

/** Collects the stacks of all scenarios, and the stacks that they need. Stacks with equal digests are one. */
export function distinctStacks(scenarios: readonly Scenario[]): DistinctStack[] {
  const found = new Map<string, DistinctStack & { readonly labels: string[] }>();
  for (const { label, versions, stacks = namesOf(versions) } of scenarios) {
    const fingerprints = versions.map(fingerprintsOf);
    const names = new Map<string, string>();
    const add = (stack: string): string => {
      const known = names.get(stack);
      if (known !== undefined) return known;
      const content = versions.map((program) => program[stack]);
      const needed = content.flatMap((version) => (version === undefined ? [] : neededBy(version)));
      const needs = Object.fromEntries([...new Set(needed)].map((name) => [name, add(name)]));
      const fingerprint = JSON.stringify([stack, ...fingerprints.map((of) => of[stack])]);
      const same = found.get(fingerprint);
      same?.labels.push(label);
      const name = same?.name ?? (label === "" ? stack : `${stack}.${label}`);
      if (same === undefined) {
        found.set(fingerprint, { name, stack, versions: content, needs, labels: [label] });
      }
      names.set(stack, name);
      return name;
    };
    for (const stack of stacks) add(stack);
  }
  return [...found.values()];
}

const namesOf = (versions: readonly Program[]): string[] => [...new Set(versions.flatMap((each) => Object.keys(each)))];

/** Lists which stacks are rehearsed for which others, and counts the stacks that are rehearsed. */
export function formatSharedStacks(stacks: readonly DistinctStack[]): string {
  const lines = stacks.flatMap(({ name, stack, labels }) => {
    const others = labels.slice(1).map((label) => `${stack}.${label}`);
    return others.length === 0 ? [] : [`${name}: the same as ${others.join(", ")}`];
  });
  const all = stacks.reduce((sum, { labels }) => sum + labels.length, 0);
  return [...lines, `${stacks.length} distinct stacks of ${all}`].join("\n");
}
