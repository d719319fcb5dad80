import { contextOf } from "./data-keys";
import type { SubjectKeys } from "./subject-keys";
import type { Waiting, WrappingKeys } from "./wrapping-keys";

export interface RewrapDataKeysProps extends Waiting {
  readonly wrappingKeys: WrappingKeys;
  readonly subjectKeys: SubjectKeys;
  /** Calls to the wrapping keys at once: KMS has a quota of them, which services need at the same time. @default 8 */
  readonly concurrency?: number;
}

const DEFAULT_CONCURRENCY = 8;

/**
 * Wraps all data keys anew that the present wrapping key did not wrap, and gives how many there were. No value is written
 * anew. It may be ended at any time, and begun again: it goes on with what is left. A former wrapping key may go when it
 * gives 0.
 */
export async function rewrapDataKeys({
  wrappingKeys,
  subjectKeys,
  concurrency = DEFAULT_CONCURRENCY,
  signal,
}: RewrapDataKeysProps): Promise<number> {
  let count = 0;
  for (let after: string | undefined; ; ) {
    signal?.throwIfAborted();
    const keys = await subjectKeys.notWrappedBy(wrappingKeys.current, after, concurrency, { signal });
    const done = await Promise.all(
      keys.map(async (key) => {
        const wrapped = await wrappingKeys.rewrap(key.wrapped, contextOf(key), { signal });
        return subjectKeys.replaceWrapped(key, wrapped, { signal });
      }),
    );
    count += done.filter((one) => one).length;
    after = keys.at(-1)?.id;
    if (after === undefined) return count;
  }
}
