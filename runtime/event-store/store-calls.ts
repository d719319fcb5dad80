import { EventStoreUnavailableError, RevisionError } from "./event-store";

/**
 * Something that a store is asked. It ends by its caller's signal, by the time it may take or with the store, whichever is
 * first; what it was then doing fails by that reason, whatever the server does.
 */
export class StoreCall {
  private readonly controller = new AbortController();
  private readonly finishing: () => void;
  private reject: ((reason: unknown) => void) | undefined;

  constructor(caller: AbortSignal | undefined, onFinish: (call: StoreCall) => void) {
    const end = () => this.end(caller?.reason);
    caller?.addEventListener("abort", end, { once: true });
    this.finishing = () => {
      caller?.removeEventListener("abort", end);
      onFinish(this);
    };
  }

  /** Aborted once the call has ended before it was finished: let go of what it holds. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  end(reason: unknown): void {
    this.controller.abort(reason);
    this.reject?.(this.controller.signal.reason);
  }

  /** Gives what `work` gives; when that takes too long, the call is at an end. */
  async within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result> {
    const timer = setTimeout(
      () => this.end(new EventStoreUnavailableError(new Error(`no answer within ${milliseconds} ms`))),
      milliseconds,
    );
    try {
      return await this.unlessEnded(work);
    } finally {
      clearTimeout(timer);
    }
  }

  async pause(milliseconds: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const paused = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds);
    });
    try {
      await this.unlessEnded(paused);
    } finally {
      clearTimeout(timer);
    }
  }

  /** For as long as it takes. One at a time: a race against one promise for the whole call would keep every loser of it. */
  unlessEnded<Result>(work: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.reject = reject;
      work.then(resolve, reject);
      if (this.signal.aborted) reject(this.signal.reason);
    });
  }

  /** What the caller is told: an end breaks things in many ways, and has one reason. */
  errorOf(error: unknown): unknown {
    if (this.signal.aborted) return this.signal.reason;
    if (error instanceof RevisionError || error instanceof EventStoreUnavailableError) return error;
    return new EventStoreUnavailableError(error);
  }

  /** Lets go of the caller's signal. */
  finish(): void {
    this.finishing();
  }
}

/** What a store is being asked, so that its close ends all of it. */
export class StoreCalls {
  private readonly ongoing = new Set<StoreCall>();
  private closed = false;

  /** Finish it, whatever happens. */
  begin(signal: AbortSignal | undefined): StoreCall {
    signal?.throwIfAborted();
    if (this.closed) throw closedError();
    const call = new StoreCall(signal, (finished) => this.ongoing.delete(finished));
    this.ongoing.add(call);
    return call;
  }

  /** A call from its beginning to its end. */
  async run<Result>(signal: AbortSignal | undefined, work: (call: StoreCall) => Promise<Result>): Promise<Result> {
    const call = this.begin(signal);
    try {
      return await work(call);
    } catch (error) {
      throw call.errorOf(error);
    } finally {
      call.finish();
    }
  }

  /** A call that gives one thing after the other, until its consumer has enough. */
  async *stream<Item>(
    signal: AbortSignal | undefined,
    work: (call: StoreCall) => AsyncIterable<Item>,
  ): AsyncGenerator<Item, void, undefined> {
    const call = this.begin(signal);
    try {
      for await (const item of work(call)) {
        call.signal.throwIfAborted();
        yield item;
        call.signal.throwIfAborted();
      }
    } catch (error) {
      throw call.errorOf(error);
    } finally {
      call.finish();
    }
  }

  close(): void {
    this.closed = true;
    for (const call of [...this.ongoing]) call.end(closedError());
  }
}

const closedError = () => new EventStoreUnavailableError(new Error("it was closed"));
