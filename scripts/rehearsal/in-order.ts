/** Names of the parts that each part needs, by the parts' names. */
export type Needs = Readonly<Record<string, readonly string[]>>;

/**
 * Runs each part after those that it needs, and at most `atOnce` parts at a time.
 * @throws the first error, after the parts that were running have ended, and without starting another.
 */
export async function inOrder(needs: Needs, atOnce: number, run: (name: string) => Promise<void>): Promise<void> {
  const waiting = new Set(Object.keys(needs));
  const running = new Map<string, Promise<void>>();
  const errors: unknown[] = [];
  const start = (name: string): void => {
    waiting.delete(name);
    const part = run(name)
      .catch((error: unknown) => void errors.push(error))
      .finally(() => running.delete(name));
    running.set(name, part);
  };
  const isReady = (name: string): boolean => !needs[name]?.some((need) => waiting.has(need) || running.has(need));
  while (waiting.size + running.size > 0) {
    const ready = errors.length > 0 ? [] : [...waiting].filter(isReady);
    for (const name of ready.slice(0, atOnce - running.size)) start(name);
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  if (errors.length > 0) throw errors[0];
  if (waiting.size > 0) throw new Error(`${[...waiting].join(", ")}: must not need each other`);
}

/** The parts that need each part: the order in which they are taken down. */
export const reversed = (needs: Needs): Needs =>
  Object.fromEntries(
    Object.keys(needs).map((name) => [name, Object.keys(needs).filter((other) => needs[other]?.includes(name))]),
  );
