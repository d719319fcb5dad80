import { DEGRADED_LAG_EVENTS } from "../../lib/monitoring/metrics/cqrs";
import { type ConsumerLag, consumerLag } from "../event-store/consumer-lag";
import type { EventStore } from "../event-store/event-store";
import { leastOf, type Position } from "../event-store/position";
import type { Finding } from "./probe";

export interface LagFinding extends Finding {
  readonly found: ConsumerLag;
  /** As metrics have it. */
  readonly position: bigint;
}

/**
 * One more than it takes to be degraded is cheap to count. PostgreSQL counts the further ones in milliseconds, KurrentDB sends
 * each one, and should not have to all the time while it is busy anyway.
 */
const BOUNDS = { decisive: DEGRADED_LAG_EVENTS + 1, further: 100_001, furtherMs: 500 } as const;

/**
 * What the lag of a consumer means: degraded from 1000 events on, and without a checkpoint though there are events, for it has
 * never run; unhealthy when a checkpoint is ahead of the store.
 */
export async function lagFinding(
  eventStore: Pick<EventStore, "countAfter" | "head">,
  checkpoints: readonly (Position | undefined)[],
  signal: AbortSignal,
): Promise<LagFinding> {
  const found = await consumerLag(eventStore, checkpoints, BOUNDS, signal);
  const slowest = leastOf(checkpoints);
  const neverRan = slowest === undefined && found.lag > 0;
  return {
    status: found.ahead ? "unhealthy" : neverRan || found.lag >= DEGRADED_LAG_EVENTS ? "degraded" : "healthy",
    found,
    position: slowest?.major ?? 0n,
  };
}
