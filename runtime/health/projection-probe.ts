import type { EventStore } from "../event-store/event-store";
import type { Position } from "../event-store/position";
import { type LagFinding, lagFinding } from "./lag-finding";

export interface ProjectionProbeProps {
  readonly eventStore: Pick<EventStore, "countAfter" | "head">;
  /**
   * A projection's checkpoints, one for each partition, undefined for one that has none yet. A checkpoint moves with every
   * event that is read, also with those of other partitions; otherwise a quiet partition would look slow.
   */
  readonly checkpoints: (signal: AbortSignal) => Promise<readonly (Position | undefined)[]>;
}

export type ProjectionProbe = (signal: AbortSignal) => Promise<LagFinding>;

/** Counts what a projection has yet to process, by its slowest partition. */
export const projectionProbe =
  ({ eventStore, checkpoints }: ProjectionProbeProps): ProjectionProbe =>
  async (signal) =>
    lagFinding(eventStore, await checkpoints(signal), signal);
