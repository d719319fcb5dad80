import { WAITING_EVENT_SECONDS } from "../../lib/monitoring/metrics/cqrs";
import type { ConsumerLag } from "../event-store/consumer-lag";
import type { EventStore } from "../event-store/event-store";
import type { Position } from "../event-store/position";
import { countParked } from "../processors/parked-events";
import { storedCheckpoint } from "../processors/processor-checkpoints";
import { worstOf } from "./health-status";
import { type LagFinding, lagFinding } from "./lag-finding";

export interface ProcessorProbeProps {
  readonly eventStore: Pick<EventStore, "countAfter" | "head" | "readAll" | "readLast">;
  /** An `EventProcessor`. */
  readonly processor: { readonly name: string; readonly checkpoint: Position | undefined };
}

export interface ProcessorFinding extends LagFinding {
  /** `parked`: events that processors of this name have parked since the store was made. */
  readonly found: ConsumerLag & { readonly parked: number };
}

export type ProcessorProbe = (signal: AbortSignal) => Promise<ProcessorFinding>;

/**
 * Counts what a processor has yet to process, and what it has parked. Also degraded once an event has waited for 5 seconds:
 * events are processed within milliseconds, and one that hangs would otherwise show only when a thousand wait behind it.
 */
export const processorProbe =
  ({ eventStore, processor }: ProcessorProbeProps): ProcessorProbe =>
  async (signal) => {
    const { name } = processor;
    const parked = await countParked(eventStore, name, { signal });
    const checkpoint = processor.checkpoint ?? (await storedCheckpoint(eventStore, name, { signal }));
    const { status, found, position } = await lagFinding(eventStore, [checkpoint], signal);
    const waits = found.lagSeconds >= WAITING_EVENT_SECONDS ? "degraded" : "healthy";
    return { status: worstOf([status, waits]), found: { ...found, parked }, position };
  };
