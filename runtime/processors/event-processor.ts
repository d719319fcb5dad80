import { endOrCut, pause, within } from "../deadline";
import { type EventStore, EventStoreUnavailableError, type StoredEvent } from "../event-store/event-store";
import type { Position } from "../event-store/position";
import { errorFields, type Log } from "../service/log";
import type { Work } from "../service/service";
import { isRetry, parkEvent, retriedEvent } from "./parked-events";
import { PROCESSOR_CHECKPOINT, saveCheckpoint, storedCheckpoint } from "./processor-checkpoints";

export interface EventProcessorOptions {
  /** Names its streams, `processor-`, `parked-` and `unparked-<name>`: at most 64 lower-case letters, digits and hyphens. */
  readonly name: string;
  readonly store: EventStore;
  /** Types that it handles; all others pass by. */
  readonly types: readonly string[];
  /**
   * Does what follows from an event. Other processors of the same name do the same work, and each does some of it again
   * after a restart: what follows must be appended with ids that are derived from the event's, as `decideOn` does.
   */
  readonly handle: (event: StoredEvent, signal: AbortSignal) => Promise<void>;
  readonly log: Log;
  /** Milliseconds between two checkpoints. @default 10000 */
  readonly checkpointMs?: number;
  /** Milliseconds before the first of an event's repeated attempts, twice as many before each next. @default 100 */
  readonly retryMs?: number;
  /** Milliseconds that the event and the checkpoint under way may take once it stops; then they are left. @default 5000 */
  readonly stopMs?: number;
}

const NAME = /^[a-z0-9-]{1,64}$/;
/** Ours: what does not work in half a minute is not for want of time. */
const ATTEMPTS = 9;
const MAX_PAUSE_MS = 15_000;
const DEFAULT_CHECKPOINT_MS = 10_000;
const DEFAULT_RETRY_MS = 100;
const DEFAULT_STOP_MS = 5000;

/**
 * Follows the event store and does what follows from its events, each at least once and in the log's order. It needs
 * nothing but the store: its checkpoint is an event, and so is what it could not handle, which it parks and says. An event
 * that `cqrs-ops parked retry` writes has it handle a parked one again, after all that came before.
 */
export class EventProcessor implements Work {
  private readonly end = new AbortController();
  /** Ends what is under way, where it does not end by itself. */
  private readonly cut = new AbortController();
  private running: Promise<unknown> | undefined;
  private processed: Position | undefined;
  /** Whether it has processed what is no checkpoint since its own was written. */
  private hasNews = false;

  /** @throws {RangeError} for a name that can't be. */
  constructor(private readonly options: EventProcessorOptions) {
    if (!NAME.test(options.name)) throw new RangeError(`name: must be ${NAME.source}, got ${options.name}`);
  }

  get name(): string {
    return this.options.name;
  }

  /** Up to where it has processed all; undefined until it has read its checkpoint, or the first event. */
  get checkpoint(): Position | undefined {
    return this.processed;
  }

  start(): void {
    this.running ??= Promise.all([this.follow(this.end.signal), this.saveRegularly(this.end.signal)]);
  }

  /** Finishes the event that is under way, unless it waits for another attempt, and writes its checkpoint: within `stopMs`. */
  async stop(): Promise<void> {
    const { stopMs = DEFAULT_STOP_MS } = this.options;
    this.end.abort();
    await endOrCut(stopMs, this.cut, async () => {
      await this.running;
      if (this.running !== undefined) await this.save().catch(() => {});
    });
  }

  private async follow(signal: AbortSignal): Promise<void> {
    const { store } = this.options;
    let failures = 0;
    while (!signal.aborted) {
      try {
        this.processed ??= await storedCheckpoint(store, this.name, { signal });
        for await (const event of store.subscribe(this.processed, { signal })) {
          failures = 0;
          await this.process(event, signal);
          if (signal.aborted) return;
        }
      } catch (error) {
        if (signal.aborted) return;
        failures++;
        this.options.log.warn(errorFields(error), "the event store is asked again");
        await this.rest(failures);
      }
    }
  }

  private async process(event: StoredEvent, signal: AbortSignal): Promise<void> {
    if (this.options.types.includes(event.type)) await this.handle(event, event.id, signal);
    else if (isRetry(event, this.name)) await this.retry(event, signal);
    // What was interrupted is begun again.
    if (signal.aborted) return;
    this.processed = event.position;
    // Checkpoints are no news: two processors would write about each other for ever.
    this.hasNews ||= event.type !== PROCESSOR_CHECKPOINT;
  }

  private async retry(request: StoredEvent, signal: AbortSignal): Promise<void> {
    const { store, log } = this.options;
    const event = await retriedEvent(store, this.name, request, { signal });
    if (event !== undefined) return this.handle(event, request.id, signal);
    log.error({ stream: request.stream, causation_id: request.id }, "the event to retry is gone");
  }

  /** Returns once it is handled, parked, or interrupted. @param cause id of what has it handled: itself, or a retry. */
  private async handle(event: StoredEvent, cause: string, signal: AbortSignal): Promise<void> {
    const { handle, log } = this.options;
    const line = { event_type: event.type, stream: event.stream, causation_id: event.id };
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        await within({ signals: [this.cut.signal] }, () => handle(event, signal));
        return;
      } catch (error) {
        if (signal.aborted) return;
        // A store that is away is nothing that the event did.
        if (error instanceof EventStoreUnavailableError) throw error;
        if (attempt === ATTEMPTS) {
          log.error({ ...line, ...errorFields(error) }, "parked");
          await parkEvent(this.options.store, this.name, event, `${errorFields(error).error_type}`, { cause, signal });
          return;
        }
        log.warn({ ...line, ...errorFields(error) }, "tried again");
        await this.rest(attempt);
      }
    }
  }

  /** Also when no event follows: otherwise it would look behind by those that it has processed since, for as long as it rests. */
  private async saveRegularly(signal: AbortSignal): Promise<void> {
    const { checkpointMs = DEFAULT_CHECKPOINT_MS, log } = this.options;
    while (!signal.aborted) {
      await pause(checkpointMs, signal).catch(() => {});
      if (signal.aborted) return;
      await this.save().catch((error) => log.warn(errorFields(error), "the checkpoint is written later"));
    }
  }

  private async save(): Promise<void> {
    if (this.processed === undefined || !this.hasNews) return;
    this.hasNews = false;
    try {
      await saveCheckpoint(this.options.store, this.name, this.processed, { signal: this.cut.signal });
    } catch (error) {
      this.hasNews = true;
      throw error;
    }
  }

  private async rest(attempt: number): Promise<void> {
    const { retryMs = DEFAULT_RETRY_MS } = this.options;
    const ms = Math.min(retryMs * 2 ** (attempt - 1), MAX_PAUSE_MS);
    await pause(ms, this.end.signal).catch(() => {});
  }
}
