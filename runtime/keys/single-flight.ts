import type { Waiting } from "./wrapping-keys";

/** Work that many ask for at once and that is done once, within a time limit of its own. */
export class SingleFlight {
  private readonly flights = new Map<string, Promise<unknown>>();

  /** @param tooLate what is thrown of work that takes longer, by what says so. */
  constructor(
    private readonly limitMilliseconds: number,
    private readonly tooLate: (cause: Error) => Error,
  ) {}

  /** @param key says which work it is; the same key must always stand for the same type of result. */
  run<Result>(key: string, work: (waiting: Waiting) => Promise<Result>, { signal }: Waiting = {}): Promise<Result> {
    const flight = (this.flights.get(key) as Promise<Result> | undefined) ?? this.start(key, work);
    return untilAborted(flight, signal);
  }

  private start<Result>(key: string, work: (waiting: Waiting) => Promise<Result>): Promise<Result> {
    const limit = new AbortController();
    const timer = setTimeout(() => {
      limit.abort(this.tooLate(new Error(`not done within ${this.limitMilliseconds} ms`)));
    }, this.limitMilliseconds);
    const flight = untilAborted(work({ signal: limit.signal }), limit.signal).finally(() => {
      clearTimeout(timer);
      this.flights.delete(key);
    });
    this.flights.set(key, flight);
    return flight;
  }
}

/** What a promise gives, or the signal's reason if that comes first. */
function untilAborted<Result>(promise: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}
