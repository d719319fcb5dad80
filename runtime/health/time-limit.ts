/** It took longer than it may. */
export class TimeLimitError extends Error {
  override readonly name = "TimeLimitError";

  constructor(readonly limitMs: number) {
    super(`no answer within ${limitMs} ms`);
  }
}

/**
 * Waits for work no longer than its limit. What comes of it afterwards is nobody's, not even as an unhandled rejection.
 * @param keepsAlive false for the work of a request: it is the connection that keeps the process, as long as it is there.
 * @throws {TimeLimitError}
 */
export async function withinLimit<Result>(work: Promise<Result>, limitMs: number, keepsAlive = true): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeLimitError(limitMs)), limitMs);
    if (!keepsAlive) timer.unref();
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
