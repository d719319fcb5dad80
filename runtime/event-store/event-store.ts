import type { Failures } from "../failures";
import type { Position } from "./position";

/** An event that is to be. */
export interface NewEvent {
  /**
   * A UUID. The same id sent again to the same stream is the same event: it is not doubled. With `any` KurrentDB knows so only
   * as long as it remembers the event; with a revision always.
   */
  readonly id: string;
  readonly type: string;
  /** JSON in UTF-8, kept byte for byte. */
  readonly data: Uint8Array;
  /** Correlation, causation and what else is said of it; no secret, for it is never encrypted. @default - none */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** An event that is. */
export interface StoredEvent extends Required<NewEvent> {
  readonly stream: string;
  /** Its number within its stream, from 0 on; where a stream was cut off, the first is higher. */
  readonly revision: bigint;
  readonly position: Position;
  /** When the store took it. Says nothing of order. */
  readonly created: Date;
}

/** What a stream must be for an event to be appended: anything, not there yet, or at this very revision. */
export type ExpectedRevision = "any" | "no_stream" | bigint;

export interface Appended {
  /** The last event's. */
  readonly revision: bigint;
  readonly position: Position;
}

/** Events, counted up to a bound. */
export interface CountedEvents {
  /** Exact below the bound; the bound where there are as many or more. */
  readonly count: number;
  /** When the oldest of them was stored, undefined without any. */
  readonly oldest: Date | undefined;
}

export interface Reading {
  /** Ends what is going on, whatever the server does: it throws the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface StreamReading extends Reading {
  /** The first revision. @default 0n */
  readonly from?: bigint;
}

/** A store of events in streams. Events of the store itself, whose types begin with `$`, are never given. */
export interface EventStore {
  /** Whether each event stays where it is: in a store where streams can be deleted or cut off, one that is gone tells nothing. */
  readonly keepsEvents: boolean;

  /** Tells of each call that failed with `EventStoreUnavailableError`. @default - it tells nobody */
  readonly failures?: Failures;

  /**
   * Appends all of them or none. What not every store could keep as it is, is refused by all: see `checkAppend`.
   * @throws {RangeError} for that, before anything is sent.
   * @throws {RevisionError} when the stream is not what was expected, and these events are not already its next ones.
   * @throws {EventStoreUnavailableError} when it is not known whether they were appended: send the same ids again.
   */
  append(stream: string, events: readonly NewEvent[], expected: ExpectedRevision, options?: Reading): Promise<Appended>;

  /** Events of a stream, in order. One that there isn't has none. @throws {RangeError} for a name that no stream can have. */
  readStream(stream: string, options?: StreamReading): AsyncIterable<StoredEvent>;

  /** The last event of a stream; undefined of one that there isn't. @throws {RangeError} as `readStream`. */
  readLast(stream: string, options?: Reading): Promise<StoredEvent | undefined>;

  /**
   * Events after a position (`undefined`: from the first on) up to the last at this moment, in the log's order. The last is
   * the last that none can come before any more: what is being written at this moment comes with the next read.
   */
  readAll(after: Position | undefined, options?: Reading): AsyncIterable<StoredEvent>;

  /**
   * Events after a position, and then each one that is appended, until the signal ends it. It throws
   * `EventStoreUnavailableError` when the connection is lost: subscribe again from the last checkpoint.
   */
  subscribe(after: Position | undefined, options?: Reading): AsyncIterable<StoredEvent>;

  /** How many events come after a position, counted up to `bound` at most; also those that no reader gets yet. */
  countAfter(after: Position | undefined, bound: number, options?: Reading): Promise<CountedEvents>;

  /**
   * How many events are committed and not readable yet, counted up to `bound` at most: an event that comes before them may
   * still be committed.
   * @default - none: an event is readable once it is committed
   */
  countUnreadable?(bound: number, options?: Reading): Promise<CountedEvents>;

  /** Where the last event stands, undefined in an empty store. */
  head(options?: Reading): Promise<Position | undefined>;

  /** That event. */
  lastEvent(options?: Reading): Promise<StoredEvent | undefined>;

  /**
   * Whether the server would take an append now; it appends nothing.
   * @throws {EventStoreUnavailableError} where there is no answer, or the server is a standby.
   */
  checkWritable(options?: Reading): Promise<void>;

  close(): Promise<void>;
}

/** Age in seconds of something that a store has stored, by this machine's clock: 0 where the store's is ahead, or of nothing. */
export const ageOf = (stored: Date | undefined): number =>
  stored === undefined ? 0 : Math.max(0, (Date.now() - stored.getTime()) / 1000);

/** The stream is not what was expected. */
export class RevisionError extends Error {
  override readonly name = "RevisionError";

  /** @param actual undefined for a stream that there isn't. */
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    readonly actual: bigint | undefined,
  ) {
    super(`stream ${stream}: must be at ${expected}, is at ${actual ?? "no_stream"}`);
  }
}

/** The store did not answer, or not as it should. */
export class EventStoreUnavailableError extends Error {
  override readonly name = "EventStoreUnavailableError";

  constructor(cause: unknown) {
    super("the event store can't be reached", { cause });
  }
}
