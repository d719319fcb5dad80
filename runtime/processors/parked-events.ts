import { derivedEventId } from "../event-store/event-id";
import type { EventStore, Reading, StoredEvent } from "../event-store/event-store";
import { jsonIn, jsonOf } from "./stream-json";

const PARKED = "EventParked";
/** What may become of a parked event: its processor handles it again, or nobody does. */
const RELEASES = { retried: "ParkedEventRetried", dropped: "ParkedEventDropped" } as const;

/** As many as fit into one append. */
const RELEASES_AT_ONCE = 10_000;

const parkedOf = (name: string) => `parked-${name}`;
/** Apart from `parked-`, so that the revisions of both streams are counts. */
const releasesOf = (name: string) => `unparked-${name}`;

/** An event that a processor could not handle. */
export interface ParkedEvent {
  /** Revision of what says so, in the stream `parked-<name>`. */
  readonly entry: bigint;
  /** The event's own. */
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: bigint;
  /** Name of the error. */
  readonly reason: string;
  readonly parked: Date;
}

/** What is parked, and how far releases were then. */
export interface ParkedEvents {
  readonly events: readonly ParkedEvent[];
  /** The last one's revision in the stream `unparked-<name>`. */
  readonly released: bigint | undefined;
}

export interface ParkOptions extends Reading {
  /** Id of what had the event handled: itself, or a retry, after which it is parked once more. @default - the event's */
  readonly cause?: string;
}

/** Writes down what could not be handled, and why. The event's own content stays where it is. */
export async function parkEvent(
  store: Pick<EventStore, "append">,
  name: string,
  { stream, revision, type, id }: StoredEvent,
  reason: string,
  { cause = id, signal }: ParkOptions,
): Promise<void> {
  const data = jsonOf({ stream, revision: `${revision}`, type, id, reason });
  await store.append(parkedOf(name), [{ id: derivedEventId(cause, name), type: PARKED, data }], "any", { signal });
}

/** How many events processors of this name have parked that were neither retried nor dropped since. */
export async function countParked(
  store: Pick<EventStore, "readLast">,
  name: string,
  options: Reading,
): Promise<number> {
  const count = async (stream: string) => Number((await store.readLast(stream, options))?.revision ?? -1n) + 1;
  // In this order: what is parked and released in between makes no negative number.
  const released = await count(releasesOf(name));
  return (await count(parkedOf(name))) - released;
}

/** Events that processors of this name have parked, in their order, without those that were retried or dropped since. */
export async function parkedEvents(
  store: Pick<EventStore, "readStream">,
  name: string,
  options: Reading,
): Promise<ParkedEvents> {
  const entries = new Set<bigint>();
  let released: bigint | undefined;
  for await (const { data, revision } of store.readStream(releasesOf(name), options)) {
    entries.add(entryIn(data));
    released = revision;
  }
  const events: ParkedEvent[] = [];
  for await (const stored of store.readStream(parkedOf(name), options))
    if (!entries.has(stored.revision)) events.push(parkedIn(stored));
  return { events, released };
}

/**
 * Has them handled again by processors of this name, or takes them off the list.
 * @param released as `parkedEvents` has given it with them.
 * @throws {RevisionError} where somebody has released some since.
 */
export async function releaseParked(
  store: Pick<EventStore, "append">,
  name: string,
  as: keyof typeof RELEASES,
  { events, released }: ParkedEvents,
  options: Reading,
): Promise<void> {
  let expected = released ?? ("no_stream" as const);
  for (let first = 0; first < events.length; first += RELEASES_AT_ONCE) {
    const releases = events.slice(first, first + RELEASES_AT_ONCE).map(({ entry, id }) => ({
      id: derivedEventId(id, `${releasesOf(name)} ${as} ${entry}`),
      type: RELEASES[as],
      data: jsonOf({ entry: `${entry}` }),
    }));
    expected = (await store.append(releasesOf(name), releases, expected, options)).revision;
  }
}

/** Whether an event asks processors of this name to handle a parked one again. */
export const isRetry = ({ stream, type }: StoredEvent, name: string): boolean =>
  type === RELEASES.retried && stream === releasesOf(name);

/** The event that is to be handled again; undefined where it is gone, as from a stream that was deleted or cut off. */
export async function retriedEvent(
  store: Pick<EventStore, "readStream">,
  name: string,
  { data }: StoredEvent,
  options: Reading,
): Promise<StoredEvent | undefined> {
  const entry = await eventAt(store, parkedOf(name), entryIn(data), options);
  if (entry === undefined) return undefined;
  const { stream, revision, id } = parkedIn(entry);
  const event = await eventAt(store, stream, revision, options);
  return event?.id === id ? event : undefined;
}

async function eventAt(
  store: Pick<EventStore, "readStream">,
  stream: string,
  from: bigint,
  options: Reading,
): Promise<StoredEvent | undefined> {
  for await (const event of store.readStream(stream, { ...options, from }))
    return event.revision === from ? event : undefined;
  return undefined;
}

const entryIn = (data: Uint8Array): bigint => BigInt(jsonIn<{ readonly entry: string }>(data).entry);

function parkedIn({ revision: entry, created: parked, data }: StoredEvent): ParkedEvent {
  const { revision, ...event } = jsonIn<Record<"stream" | "revision" | "type" | "id" | "reason", string>>(data);
  return { entry, parked, ...event, revision: BigInt(revision) };
}
