import { DEGRADED_LAG_EVENTS } from "../../lib/monitoring/metrics/cqrs";
import type { EventStore } from "../event-store/event-store";
import { leastOf, type Position } from "../event-store/position";
import { type ProjectionLag, projectionLag } from "../projections/projection-lag";
import type { Finding } from "./probe";

export interface ProjectionProbeProps {
  readonly eventStore: Pick<EventStore, "countAfter" | "head">;
  /**
   * A projection's checkpoints, one for each partition, undefined for one that has none yet. A checkpoint moves with every
   * event that is read, also with those of other partitions; otherwise a quiet partition would look slow.
   */
  readonly checkpoints: (signal: AbortSignal) => Promise<readonly (Position | undefined)[]>;
}

export interface LagFinding extends Finding {
  readonly found: ProjectionLag;
  /** As metrics have it. */
  readonly position: bigint;
}

export type ProjectionProbe = (signal: AbortSignal) => Promise<LagFinding>;

/**
 * One more than it takes to be degraded is cheap to count. PostgreSQL counts the further ones in milliseconds, KurrentDB sends
 * each one, and should not have to all the time while it is busy anyway.
 */
const BOUNDS = { decisive: DEGRADED_LAG_EVENTS + 1, further: 100_001, furtherMs: 500 } as const;

/**
 * Counts what a projection has yet to process. No checkpoint is degraded, for the projection has never run; one that is ahead of
 * the store is unhealthy.
 */
export const projectionProbe =
  ({ eventStore, checkpoints }: ProjectionProbeProps): ProjectionProbe =>
  async (signal) => {
    const positions = await checkpoints(signal);
    const found = await projectionLag(eventStore, positions, BOUNDS, signal);
    const slowest = leastOf(positions);
    return {
      status: found.ahead
        ? "unhealthy"
        : slowest === undefined || found.lag >= DEGRADED_LAG_EVENTS
          ? "degraded"
          : "healthy",
      found,
      position: slowest?.major ?? 0n,
    };
  };
