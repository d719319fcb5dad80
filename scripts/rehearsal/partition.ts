/** A stack in a dependency graph. */
export interface Part {
  readonly name: string;
  readonly needs: Readonly<Record<string, string>>;
}

/**
 * Divides the parts into at most `count` groups of about the same weight, so that no group needs a part of another.
 * Connected parts stay together. The heaviest come first, and each goes to the group that is the lightest so far.
 */
export function partition<T extends Part>(parts: readonly T[], count: number, weightOf: (part: T) => number): T[][] {
  const weigh = (set: readonly T[]) => set.reduce((sum, part) => sum + weightOf(part), 0);
  const sets = connectedSets(parts).sort((one, other) => weigh(other) - weigh(one));
  const groups = Array.from({ length: Math.min(count, sets.length) }, (): T[] => []);
  for (const set of sets) {
    const [lightest] = [...groups].sort((one, other) => weigh(one) - weigh(other));
    lightest?.push(...set);
  }
  return groups;
}

function connectedSets<T extends Part>(parts: readonly T[]): T[][] {
  const setOf = new Map<string, Set<T>>();
  for (const part of parts) {
    const sets = [part.name, ...Object.values(part.needs)].map((name) => setOf.get(name) ?? new Set<T>());
    const joined = new Set([part, ...sets.flatMap((set) => [...set])]);
    for (const { name, needs } of joined) for (const each of [name, ...Object.values(needs)]) setOf.set(each, joined);
  }
  return [...new Set(setOf.values())].map((set) => [...set]);
}
