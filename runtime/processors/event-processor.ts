import { randomUUID } from "node:crypto";
import { pause, TimeLimitError, within } from "../deadline";
import { derivedEventId } from "../event-store/event-id";
import { type EventStore, EventStoreUnavailableError, type StoredEvent } from "../event-store/event-store";
import { type Position, positionOf, positionText } from "../event-store/position";
import { errorFields, type Log } from "../service/log";
import type { Work } from "../service/service";

export interface EventProcessorOptions {
  /** Names its streams, `processor-<name>` and `parked-<name>`: at most 64 lower-case letters, digits and hyphens. */
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
const CHECKPOINT = "ProcessorCheckpoint";
const PARKED = "EventParked";
/** Ours: what does not work in half a minute is not for want of time. */
const ATTEMPTS = 9;
const MAX_PAUSE_MS = 15_000;
const DEFAULT_CHECKPOINT_MS = 10_000;
const DEFAULT_RETRY_MS = 100;
const DEFAULT_STOP_MS = 5000;

const utf8 = new TextEncoder();
const json = (value: object): Uint8Array => utf8.encode(JSON.stringify(value));

/**
 * Follows the event store and does what follows from its events, each at least once and in the log's order. It needs
 * nothing but the store: its checkpoint is an event, and so is what it could not handle, which it parks and says.
 */
export class EventProcessor implements Work {
  private readonly end = new AbortController();
  /** Ends what is under way, where it does not end by itself. */
  private readonly cut = new AbortController();
  private running: Promise<void> | undefined;
  private processed: Position | undefined;
  private saved: Position | undefined;
  private lastSaved = performance.now();

  /** @throws {RangeError} for a name that can't be. */
  constructor(private readonly options: EventProcessorOptions) {
    if (!NAME.test(options.name)) throw new RangeError(`name: must be ${NAME.source}, got ${options.name}`);
  }

  /** Up to where it has processed all; undefined before the first event. */
  get checkpoint(): Position | undefined {
    return this.processed;
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Finishes the event that is under way, unless it waits for another attempt, and writes its checkpoint: within `stopMs`. */
  async stop(): Promise<void> {
    const { stopMs = DEFAULT_STOP_MS } = this.options;
    const over = async () => {
      await this.running;
      if (this.running !== undefined) await this.save().catch(() => {});
    };
    this.end.abort();
    try {
      await within({ limitMs: stopMs }, over);
    } catch (error) {
      if (!(error instanceof TimeLimitError)) throw error;
      this.cut.abort(error);
      await over();
    }
  }

  private async run(): Promise<void> {
    const { signal } = this.end;
    let failures = 0;
    while (!signal.aborted) {
      try {
        this.processed ??= await this.load(signal);
        for await (const event of this.options.store.subscribe(this.processed, { signal })) {
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
    if (this.options.types.includes(event.type)) await this.handle(event, signal);
    // What was interrupted is begun again.
    if (signal.aborted) return;
    this.processed = event.position;
    await this.saveInTime(event);
  }

  /** Returns once it is handled, parked, or interrupted. */
  private async handle(event: StoredEvent, signal: AbortSignal): Promise<void> {
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
          await this.park(event, error, signal);
          return;
        }
        log.warn({ ...line, ...errorFields(error) }, "tried again");
        await this.rest(attempt);
      }
    }
  }

  private async saveInTime({ type }: StoredEvent): Promise<void> {
    const { checkpointMs = DEFAULT_CHECKPOINT_MS } = this.options;
    // Its own checkpoint is no news: two processors would write about each other for ever.
    if (type === CHECKPOINT || performance.now() - this.lastSaved < checkpointMs) return;
    await this.save();
  }

  private async save(): Promise<void> {
    if (this.processed === undefined || this.processed === this.saved) return;
    const { store, name } = this.options;
    const event = { id: randomUUID(), type: CHECKPOINT, data: json({ position: positionText(this.processed) }) };
    await store.append(`processor-${name}`, [event], "any", { signal: this.cut.signal });
    this.saved = this.processed;
    this.lastSaved = performance.now();
  }

  private async load(signal: AbortSignal): Promise<Position | undefined> {
    const last = await this.options.store.readLast(`processor-${this.options.name}`, { signal });
    if (last === undefined) return undefined;
    const { position } = JSON.parse(Buffer.from(last.data).toString("utf8")) as { position: string };
    return positionOf(position);
  }

  /** The event's own content stays where it is. */
  private async park(event: StoredEvent, error: unknown, signal: AbortSignal): Promise<void> {
    const { name, store } = this.options;
    const { stream, revision, type, id } = event;
    const data = json({ stream, revision: `${revision}`, type, id, reason: errorFields(error).error_type });
    await store.append(`parked-${name}`, [{ id: derivedEventId(id, name), type: PARKED, data }], "any", { signal });
  }

  private async rest(attempt: number): Promise<void> {
    const { retryMs = DEFAULT_RETRY_MS } = this.options;
    const ms = Math.min(retryMs * 2 ** (attempt - 1), MAX_PAUSE_MS);
    await pause(ms, this.end.signal).catch(() => {});
  }
}
