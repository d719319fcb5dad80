/** A terminal's Ctrl-C, `kill`, and a terminal that is closed. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * A signal that is aborted once somebody ends this process, which then has to end by itself, and what it has started before.
 * What comes again meanwhile is not heeded: npm passes on a Ctrl-C that the terminal has sent already.
 */
export function endedBySignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of SIGNALS) process.on(name, () => controller.abort(new Error(`ended by ${name}`)));
  return controller.signal;
}

/** Settles as the work does, or throws the signal's reason before. */
export async function unlessEnded<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  return Promise.race([work, end(signal).then(() => Promise.reject<Result>(signal.reason))]);
}

/** Until the signal comes. */
export const end = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
