import { setMaxListeners } from "node:events";
import { setTimeout as wait } from "node:timers/promises";

/** Work has taken longer than its limit. It has the code that Node gives a connection that times out. */
export class TimeLimitError extends Error {
  override readonly name = "TimeLimitError";
  readonly code = "ETIMEDOUT";

  constructor(readonly limitMs: number) {
    super(`no answer within ${limitMs} ms`);
  }
}

/** What ends work that does not end by itself. */
export interface Bounds {
  /** Milliseconds. @default - no limit */
  readonly limitMs?: number | undefined;
  /** Signals whose abort ends the work, for example those of the caller and of the owner that closes. @default - none */
  readonly signals?: readonly (AbortSignal | undefined)[];
  /** Error of a limit that has passed; it keeps the given one as its cause. @default - the TimeLimitError itself */
  readonly tooLate?: (cause: TimeLimitError) => unknown;
  /** Whether the process stays alive until the limit. A request needs no timer for that, its connection does it. @default true */
  readonly keepsAlive?: boolean;
}

/**
 * Runs work until it settles, its limit passes, or one of its signals is aborted, whichever comes first. Every await on a
 * socket is bounded by this function.
 *
 * A limit counts one turn of the event loop after it has passed: what is in the socket by then is read first, so that a blocked
 * event loop makes no dependency late.
 *
 * The work gets a signal of its own, which is aborted when the bounds end it and never after it has settled. The work destroys
 * what it holds (a socket, a connection of a pool) on that signal. A listener on it needs no removal: the signal is not used
 * again. Work that ignores its signal is abandoned: its late result and its late error are dropped, and no timer or listener
 * on the given signals is left behind.
 *
 * @throws the reason of the signal that was aborted (before the work starts, if it is aborted already), {@link TimeLimitError},
 * or what the work throws.
 */
export async function within<Result>(
  { limitMs, signals = [], tooLate = (cause) => cause, keepsAlive = true }: Bounds,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  throwIfAnyAborted(signals);
  const end = new AbortController();
  let leave = () => {};
  let timer: NodeJS.Timeout | undefined;
  let turn: NodeJS.Immediate | undefined;
  try {
    return await new Promise<Result>((resolve, reject) => {
      const endBy = (reason: unknown) => {
        // First: what the work throws because it was ended is not the reason.
        reject(reason);
        end.abort(reason);
      };
      leave = () => endBy(signals.find((signal) => signal?.aborted)?.reason);
      for (const signal of signals) {
        if (signal === undefined) continue;
        // Each call listens while it lasts: as many as there are, and no leak.
        setMaxListeners(0, signal);
        signal.addEventListener("abort", leave, { once: true });
      }
      if (limitMs !== undefined) {
        timer = setTimeout(() => {
          // Not unref: otherwise a loop that waits for its sockets would not come to it before something else wakes it up.
          turn = setImmediate(() => endBy(tooLate(new TimeLimitError(limitMs))));
        }, limitMs);
        if (!keepsAlive) timer.unref();
      }
      work(end.signal).then(resolve, reject);
    });
  } finally {
    clearTimeout(timer);
    clearImmediate(turn);
    for (const signal of signals) signal?.removeEventListener("abort", leave);
  }
}

/**
 * Items as they come, each within the bounds: the limit is one on silence between two items, not on all of them. The iterator is
 * closed as `for await` closes it; after the bounds have ended it, its `return` is called and not awaited, because that could hang, too.
 *
 * @throws as {@link within}.
 */
export async function* eachWithin<Item>(
  bounds: Bounds,
  items: AsyncIterable<Item>,
): AsyncGenerator<Item, void, undefined> {
  const { signals = [] } = bounds;
  throwIfAnyAborted(signals);
  const iterator = items[Symbol.asyncIterator]();
  let state = "open" as "open" | "ended" | "abandoned";
  try {
    while (true) {
      const asked = iterator.next();
      // An iterator that throws has ended by itself.
      asked.catch(() => {
        state = "ended";
      });
      const next = await within(bounds, () => asked).catch((error) => {
        if (state === "open") state = "abandoned";
        throw error;
      });
      if (next.done === true) {
        state = "ended";
        return;
      }
      yield next.value;
      throwIfAnyAborted(signals);
    }
  } finally {
    const closing = state === "ended" ? undefined : iterator.return?.();
    if (state === "abandoned" || signals.some((signal) => signal?.aborted)) closing?.catch(() => undefined);
    else await closing;
  }
}

/** Waits for what ends by itself. What has not within the limit is cut short, and waited for then. */
export async function endOrCut(limitMs: number, cut: AbortController, over: () => Promise<void>): Promise<void> {
  try {
    await within({ limitMs }, over);
  } catch (error) {
    if (!(error instanceof TimeLimitError)) throw error;
    cut.abort(error);
    await over();
  }
}

/** @throws the reason of the first signal that is aborted. */
export function throwIfAnyAborted(signals: NonNullable<Bounds["signals"]>): void {
  for (const signal of signals) signal?.throwIfAborted();
}

/** Waits. @throws the reason of a signal that is aborted. */
export const pause = (milliseconds: number, ...signals: readonly (AbortSignal | undefined)[]): Promise<void> =>
  within({ signals }, (signal) => wait(milliseconds, undefined, { signal }));
