import { randomUUID } from "node:crypto";
import type { EventStore, Reading } from "../event-store/event-store";
import { type Position, positionOf, positionText } from "../event-store/position";
import { jsonIn, jsonOf } from "./stream-json";

/** Type of the events that say how far a processor is. They are no work for any processor. */
export const PROCESSOR_CHECKPOINT = "ProcessorCheckpoint";

const checkpointsOf = (name: string) => `processor-${name}`;

export async function saveCheckpoint(
  store: Pick<EventStore, "append">,
  name: string,
  position: Position,
  options: Reading,
): Promise<void> {
  const event = { id: randomUUID(), type: PROCESSOR_CHECKPOINT, data: jsonOf({ position: positionText(position) }) };
  await store.append(checkpointsOf(name), [event], "any", options);
}

/**
 * Up to where processors of this name have processed all, undefined where none ever ran. Checkpoints that follow count as
 * processed: otherwise each processor that rests would look behind by its own.
 */
export async function storedCheckpoint(
  store: Pick<EventStore, "readAll" | "readLast">,
  name: string,
  options: Reading,
): Promise<Position | undefined> {
  const last = await store.readLast(checkpointsOf(name), options);
  if (last === undefined) return undefined;
  let processed = positionOf(jsonIn<{ readonly position: string }>(last.data).position);
  for await (const event of store.readAll(processed, options)) {
    if (event.type !== PROCESSOR_CHECKPOINT) break;
    processed = event.position;
  }
  return processed;
}
