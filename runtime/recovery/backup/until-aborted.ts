/** What comes of work, or the signal's reason once it is aborted, though the work should never end. */
export function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
    if (signal.aborted) leave();
  });
}

/**
 * What comes of `items`, until the signal: then its reason, though the next item should never come. The items are ended
 * likewise, as `for await` ends them; after an abort nobody waits for that, since what hangs would hang there, too.
 */
export async function* untilAborted<Item>(
  items: AsyncIterable<Item>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Item, void, undefined> {
  signal?.throwIfAborted();
  const iterator = items[Symbol.asyncIterator]();
  let ended = false;
  try {
    while (true) {
      const next = await unlessAborted(
        iterator.next().catch((error) => {
          // Who throws has ended by itself.
          ended = true;
          throw error;
        }),
        signal,
      );
      ended = next.done === true;
      if (next.done === true) return;
      yield next.value;
      signal?.throwIfAborted();
    }
  } finally {
    const leaving = ended ? undefined : iterator.return?.();
    if (signal?.aborted) leaving?.catch(() => {});
    else await leaving;
  }
}
