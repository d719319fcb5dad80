import { type Bounds, throwIfAnyAborted } from "../deadline";
import { Failures } from "../failures";
import { SettingsError } from "../settings";
import { EventStoreUnavailableError, RevisionError } from "./event-store";

/** Signals that end what a store is asked: the caller's and the store's own, at its close. */
export type Ends = NonNullable<Bounds["signals"]>;

/** What a store is being asked. Its close ends all of it. */
export class StoreCalls {
  /** Of all calls that nobody has ended. */
  readonly failures = new Failures();
  private readonly closing = new AbortController();

  /** A question with one answer. The work bounds each of its waits by the signals. */
  async run<Result>(signal: AbortSignal | undefined, work: (signals: Ends) => Promise<Result>): Promise<Result> {
    const signals = this.endsOf(signal);
    throwIfAnyAborted(signals);
    try {
      return await work(signals);
    } catch (error) {
      throw this.errorOf(error, signals);
    }
  }

  /** A question with one answer after the other, until its consumer has enough. */
  async *stream<Item>(
    signal: AbortSignal | undefined,
    work: (signals: Ends) => AsyncIterable<Item>,
  ): AsyncGenerator<Item, void, undefined> {
    const signals = this.endsOf(signal);
    throwIfAnyAborted(signals);
    try {
      for await (const item of work(signals)) {
        throwIfAnyAborted(signals);
        yield item;
        throwIfAnyAborted(signals);
      }
    } catch (error) {
      throw this.errorOf(error, signals);
    }
  }

  close(): void {
    this.closing.abort(new EventStoreUnavailableError(new Error("it was closed")));
  }

  private endsOf(signal: AbortSignal | undefined): Ends {
    return [signal, this.closing.signal];
  }

  /** What the caller is told: an end breaks things in many ways, and has one reason. */
  private errorOf(error: unknown, signals: Ends): unknown {
    const ended = signals.find((signal) => signal?.aborted);
    if (ended !== undefined) return ended.reason;
    // These are not the store's failures: asked again, they would be the same.
    if ([RangeError, SettingsError, RevisionError].some((each) => error instanceof each)) return error;
    this.failures.report();
    return error instanceof EventStoreUnavailableError ? error : new EventStoreUnavailableError(error);
  }
}
