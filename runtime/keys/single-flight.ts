import { within } from "../deadline";
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
    return within({ signals: [signal] }, () => flight);
  }

  private start<Result>(key: string, work: (waiting: Waiting) => Promise<Result>): Promise<Result> {
    const { limitMilliseconds: limitMs, tooLate } = this;
    const flight = within({ limitMs, tooLate }, (signal) => work({ signal })).finally(() => this.flights.delete(key));
    this.flights.set(key, flight);
    return flight;
  }
}
