import type { ConsumerLag } from "../event-store/consumer-lag";
import type { EventStore } from "../event-store/event-store";
import type { Position } from "../event-store/position";
import { worstOf } from "./health-status";
import { type LagFinding, lagFinding } from "./lag-finding";

export interface ProjectionProbeProps {
  readonly eventStore: Pick<EventStore, "countAfter" | "head">;
  /**
   * A projection's checkpoints, one for each partition, undefined for one that has none yet. A checkpoint moves with every
   * event that is read, also with those of other partitions; otherwise a quiet partition would look slow.
   */
  readonly checkpoints: (signal: AbortSignal) => Promise<readonly (Position | undefined)[]>;
  /** Numbers of partitions that have stopped, as `ProjectionWorker.stopped` gives them. @default - none is known of */
  readonly stopped?: () => readonly number[];
}

export interface ProjectionFinding extends LagFinding {
  /** `stopped`: numbers of partitions that wait at an event that they can't handle. */
  readonly found: ConsumerLag & { readonly stopped: readonly number[] };
}

export type ProjectionProbe = (signal: AbortSignal) => Promise<ProjectionFinding>;

/**
 * Counts what a projection has yet to process, by its slowest partition. Degraded also while a partition is stopped, however
 * few events wait: it goes on by itself only if what was wrong is fixed.
 */
export const projectionProbe =
  ({ eventStore, checkpoints, stopped: stoppedNow = () => [] }: ProjectionProbeProps): ProjectionProbe =>
  async (signal) => {
    const { status, found, position } = await lagFinding(eventStore, await checkpoints(signal), signal);
    const stopped = stoppedNow();
    const isStopped = stopped.length > 0 ? "degraded" : "healthy";
    return { status: worstOf([status, isStopped]), found: { ...found, stopped }, position };
  };
