import type { Reading, StoredEvent } from "./event-store";
import { isAfter, type Position } from "./position";

/** How far a log can be read. */
export interface SettledLog {
  /** Whether all that was acknowledged before `askedAt` is read by a reader who begins now: otherwise something older is under way. */
  readonly isSettled: boolean;
  /** When the store was asked, by the store's clock. */
  readonly askedAt: Date;
}

/** A log of events that is read as a whole: in batches, for a promise for each event costs as much as the event. */
export interface EventLog {
  /**
   * Events after a position up to the last at this moment, in the log's order, some at a time.
   * @throws {EventStoreUnavailableError}
   */
  readBatches(after: Position | undefined, options?: Reading): AsyncIterable<readonly StoredEvent[]>;

  /**
   * Waits until all that is acknowledged by now is read by who begins to read afterwards, for some seconds.
   * @default - it always is, and the time is this machine's
   */
  settle?(options?: Reading): Promise<SettledLog>;
}

/** Batches without what comes after a position; what is behind it is not read. */
export async function* batchesUpTo(
  batches: AsyncIterable<readonly StoredEvent[]>,
  end: Position,
): AsyncGenerator<readonly StoredEvent[]> {
  for await (const batch of batches) {
    const last = batch.at(-1);
    if (last !== undefined && isAfter(last.position, end)) {
      yield batch.filter(({ position }) => !isAfter(position, end));
      return;
    }
    yield batch;
  }
}

/** What a batch has at most. */
const BATCH_EVENTS = 5_000;
const BATCH_BYTES = 8 * 1024 * 1024;

export async function* batchesOf(
  events: AsyncIterable<StoredEvent>,
  mostBytes = BATCH_BYTES,
): AsyncGenerator<readonly StoredEvent[]> {
  let batch: StoredEvent[] = [];
  let bytes = 0;
  for await (const event of events) {
    batch.push(event);
    bytes += event.data.length;
    if (batch.length < BATCH_EVENTS && bytes < mostBytes) continue;
    yield batch;
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}
