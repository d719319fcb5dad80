import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { EventStoreUnavailableError, type NewEvent, type StoredEvent } from "../../../runtime/event-store/event-store";

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

const TRIES = 50;
const TRY_MS = 100;

/** What a call gives as soon as the store can be reached: a connection that was lost is found out by who uses it next. */
export async function soon<Result>(call: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof EventStoreUnavailableError) || tries === TRIES) throw error;
      await wait(TRY_MS);
    }
  }
}
