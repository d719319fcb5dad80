/**
 * What comes of `items`, until the signal: then its reason, though the next item should never come. The items are ended
 * likewise, as `for await` ends them; after an abort nobody waits for that, since what hangs would hang there, too.
 */
export async function* untilAborted<Item>(
  items: AsyncIterable<Item>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Item, void, undefined> {
  const iterator = items[Symbol.asyncIterator]();
  let ended = false;
  try {
    while (true) {
      const next = await nextOf(iterator, signal).catch((error) => {
        // Who throws has ended by itself; who was left behind has not.
        ended = signal?.aborted !== true;
        throw error;
      });
      ended = next.done === true;
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    const leaving = ended ? undefined : iterator.return?.();
    if (signal?.aborted) leaving?.catch(() => {});
    else await leaving;
  }
}

function nextOf<Item>(
  iterator: AsyncIterator<Item>,
  signal: AbortSignal | undefined,
): Promise<IteratorResult<Item, unknown>> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const leave = () => reject(signal?.reason);
    signal?.addEventListener("abort", leave, { once: true });
    iterator
      .next()
      .then(resolve, reject)
      .finally(() => signal?.removeEventListener("abort", leave));
  });
}
