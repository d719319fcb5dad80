import { within } from "../deadline";
import { ageOf, type CountedEvents, type EventStore } from "./event-store";
import { isAfter, leastOf, type Position, positionText } from "./position";

/** How far a consumer of the event store is: a projection, by its slowest partition, or a processor. */
export interface ConsumerLag extends Readonly<Record<string, unknown>> {
  /** Events that it has yet to process, also those that are committed and not readable yet. */
  readonly lag: number;
  /** Whether there are no more of them than that. */
  readonly exact: boolean;
  /** Age of the oldest of them, 0 without any. */
  readonly lagSeconds: number;
  /** Up to where it has processed all, undefined without a checkpoint. */
  readonly lastProcessed: string | undefined;
  /** A checkpoint that the store has not come to: it belongs to another store, or to this one before a restore. */
  readonly ahead: boolean;
}

export interface LagBounds {
  /** Up to here a lag is always counted: one more than what decides. */
  readonly decisive: number;
  /** Up to here it is counted where there are as many, to say by how much a consumer lags. */
  readonly further: number;
  /** How long that may take: KurrentDB sends each event that is counted. */
  readonly furtherMs: number;
}

/**
 * Counts what a consumer has yet to process. Positions are never subtracted: they have gaps, and in KurrentDB they are
 * bytes.
 * @param checkpoints of its partitions, undefined for one that has none; of a processor, its only one. Ask for them before: a
 * consumer must not overtake the head of the store meanwhile.
 */
export async function consumerLag(
  eventStore: Pick<EventStore, "countAfter" | "head">,
  checkpoints: readonly (Position | undefined)[],
  bounds: LagBounds,
  signal: AbortSignal,
): Promise<ConsumerLag> {
  const head = await eventStore.head({ signal });
  // A partition that has none begins at the first event.
  const slowest = leastOf(checkpoints);
  const { count, oldest, exact } = await countedAfter(eventStore, slowest, bounds, signal);
  return {
    lag: count,
    exact,
    lagSeconds: ageOf(oldest),
    lastProcessed: slowest && positionText(slowest),
    ahead: checkpoints.some((position) => position !== undefined && isAfter(position, head)),
  };
}

async function countedAfter(
  eventStore: Pick<EventStore, "countAfter">,
  after: Position | undefined,
  { decisive, further, furtherMs }: LagBounds,
  signal: AbortSignal,
): Promise<CountedEvents & { readonly exact: boolean }> {
  const decided = await eventStore.countAfter(after, decisive, { signal });
  if (decided.count < decisive) return { ...decided, exact: true };
  try {
    const counted = await within({ limitMs: furtherMs, signals: [signal] }, (end) =>
      eventStore.countAfter(after, further, { signal: end }),
    );
    return { ...counted, exact: counted.count < further };
  } catch {
    return { ...decided, exact: false };
  }
}
