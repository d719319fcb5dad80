/**
 * Runs `work` without the stack trace that cdktf takes for every token: a third of the time of a synthesis, and read
 * by nobody. An error's own trace is V8's doing, and stays.
 */
export function withoutTokenTraces<T>(work: () => T): T {
  const { captureStackTrace } = Error;
  Error.captureStackTrace = () => {};
  try {
    return work();
  } finally {
    Error.captureStackTrace = captureStackTrace;
  }
}
