import { DEGRADED_LAG_EVENTS } from "../../lib/monitoring/metrics/cqrs";
import { within } from "../deadline";
import type { CountedEvents, EventStore } from "../event-store/event-store";
import { isAfter, leastOf, type Position, positionText } from "../event-store/position";
import type { Finding } from "./probe";

export interface ProjectionProbeProps {
  readonly eventStore: Pick<EventStore, "countAfter" | "head">;
  /**
   * A projection's checkpoints, one for each partition, undefined for one that has none yet. A checkpoint moves with every
   * event that is read, also with those of other partitions; otherwise a quiet partition would look slow.
   */
  readonly checkpoints: (signal: AbortSignal) => Promise<readonly (Position | undefined)[]>;
}

/** How far a projection is, by its slowest partition. */
export interface ProjectionLag extends Readonly<Record<string, unknown>> {
  /** Events that it has yet to process. */
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

export interface LagFinding extends Finding {
  readonly found: ProjectionLag;
  /** As metrics have it. */
  readonly position: bigint;
}

export type ProjectionProbe = (signal: AbortSignal) => Promise<LagFinding>;

/** One more than it takes to be degraded: that is decided, and cheap. */
const DECISIVE = DEGRADED_LAG_EVENTS + 1;
/**
 * How far it is counted on to say by how much a projection lags, and for how long at most: PostgreSQL counts so many in
 * milliseconds, KurrentDB sends each one, and should not have to all the time while it is busy anyway.
 */
const FURTHER = 100_001;
const FURTHER_MS = 500;

/**
 * Counts what a projection has yet to process. Positions are never subtracted: they have gaps, and in KurrentDB they are
 * bytes. No checkpoint is degraded, for the projection has never run; one that is ahead of the store is unhealthy.
 */
export const projectionProbe =
  ({ eventStore, checkpoints }: ProjectionProbeProps): ProjectionProbe =>
  async (signal) => {
    // The head is asked after them, so that it can't be overtaken meanwhile.
    const positions = await checkpoints(signal);
    const head = await eventStore.head({ signal });
    // One that has none begins at the first event.
    const slowest = leastOf(positions);
    const { count, oldest, exact } = await countedAfter(eventStore, slowest, signal);
    const ahead = positions.some((position) => position !== undefined && isAfter(position, head));
    return {
      status: ahead ? "unhealthy" : slowest === undefined || count >= DEGRADED_LAG_EVENTS ? "degraded" : "healthy",
      found: {
        lag: count,
        exact,
        // Clocks may differ, and an age is never negative.
        lagSeconds: oldest === undefined ? 0 : Math.max(0, (Date.now() - oldest.getTime()) / 1000),
        lastProcessed: slowest && positionText(slowest),
        ahead,
      },
      position: slowest?.major ?? 0n,
    };
  };

async function countedAfter(
  eventStore: ProjectionProbeProps["eventStore"],
  after: Position | undefined,
  signal: AbortSignal,
): Promise<CountedEvents & { readonly exact: boolean }> {
  const decisive = await eventStore.countAfter(after, DECISIVE, { signal });
  if (decisive.count < DECISIVE) return { ...decisive, exact: true };
  try {
    const further = await within({ limitMs: FURTHER_MS, signals: [signal] }, (end) =>
      eventStore.countAfter(after, FURTHER, { signal: end }),
    );
    return { ...further, exact: further.count < FURTHER };
  } catch {
    return { ...decisive, exact: false };
  }
}
