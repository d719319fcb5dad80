import { randomUUID } from "node:crypto";
import type { NewEvent, StoredEvent } from "../../../runtime/event-store/event-store";

export const newStream = (): string => `orders-${randomUUID()}`;

export const newEvent = (more: Partial<NewEvent> = {}): NewEvent => ({
  id: randomUUID(),
  type: "OrderCreated",
  data: Buffer.from('{"total":1}'),
  ...more,
});

export const newEvents = (count: number): readonly NewEvent[] => Array.from({ length: count }, () => newEvent());

export const idsOf = (events: readonly { readonly id: string }[]): readonly string[] => events.map(({ id }) => id);

export async function allOf(events: AsyncIterable<StoredEvent>): Promise<readonly StoredEvent[]> {
  const all: StoredEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** The first ones; the rest is not asked for. */
export async function firstOf(count: number, events: AsyncIterable<StoredEvent>): Promise<readonly StoredEvent[]> {
  const first: StoredEvent[] = [];
  for await (const event of events) if (first.push(event) === count) break;
  return first;
}
