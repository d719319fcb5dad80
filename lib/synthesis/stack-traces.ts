/**
 * Runs `work` without the stack trace that cdktf records for every token and that no code reads. It was two thirds of
 * the CPU time of a further environment. V8 records an error's own trace, which stays.
 */
export function withoutStackTraces<T>(work: () => T): T {
  const { captureStackTrace } = Error;
  Error.captureStackTrace = () => {};
  try {
    return work();
  } finally {
    Error.captureStackTrace = captureStackTrace;
  }
}
