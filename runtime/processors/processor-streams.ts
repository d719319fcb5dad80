import { randomUUID } from "node:crypto";
import { derivedEventId } from "../event-store/event-id";
import type { EventStore, Reading, StoredEvent } from "../event-store/event-store";
import { type Position, positionOf, positionText } from "../event-store/position";

/** Type of the events that say how far a processor is. They are no work for any processor. */
export const PROCESSOR_CHECKPOINT = "ProcessorCheckpoint";
const PARKED = "EventParked";

const checkpointsOf = (name: string) => `processor-${name}`;
const parkedOf = (name: string) => `parked-${name}`;

const utf8 = new TextEncoder();
const json = (value: object): Uint8Array => utf8.encode(JSON.stringify(value));

export async function saveCheckpoint(
  store: Pick<EventStore, "append">,
  name: string,
  position: Position,
  options: Reading,
): Promise<void> {
  const event = { id: randomUUID(), type: PROCESSOR_CHECKPOINT, data: json({ position: positionText(position) }) };
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
  const { position } = JSON.parse(Buffer.from(last.data).toString("utf8")) as { position: string };
  let processed = positionOf(position);
  for await (const event of store.readAll(processed, options)) {
    if (event.type !== PROCESSOR_CHECKPOINT) break;
    processed = event.position;
  }
  return processed;
}

/** Writes down what could not be handled, and why. The event's own content stays where it is. */
export async function parkEvent(
  store: Pick<EventStore, "append">,
  name: string,
  { stream, revision, type, id }: StoredEvent,
  reason: string,
  options: Reading,
): Promise<void> {
  const data = json({ stream, revision: `${revision}`, type, id, reason });
  await store.append(parkedOf(name), [{ id: derivedEventId(id, name), type: PARKED, data }], "any", options);
}

/** How many events processors of this name have parked since the store was made. */
export async function countParked(
  store: Pick<EventStore, "readLast">,
  name: string,
  options: Reading,
): Promise<number> {
  const last = await store.readLast(parkedOf(name), options);
  return last === undefined ? 0 : Number(last.revision) + 1;
}
