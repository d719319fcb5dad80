import { isUtf8 } from "node:buffer";
import { randomUUID } from "node:crypto";
import { derivedEventId } from "./event-id";
import { type EventStore, RevisionError, type StoredEvent } from "./event-store";

/** An event as the domain knows it. */
export interface DomainEvent {
  readonly type: string;
  readonly data: object;
}

/** How a stream's events are folded, and how they are written. */
export interface Fold<State, Event extends DomainEvent> {
  /** Before the first event. */
  readonly initial: State;
  after(state: State, event: Event): State;
  /** An event as the domain knows it. @default - its data as JSON */
  read?(stored: StoredEvent): Promise<Event>;
  /** What is stored of its data. @default - it, as JSON */
  write?(event: Event): Promise<Uint8Array>;
}

export interface DecisionOptions {
  readonly correlationId: string;
  /**
   * Id of what the decision follows from. With it, the same decision made twice appends its events once: an event is known by
   * its cause, its stream, its type and its number in the decision, so that one cause has events of one type once.
   * @default - a cause of its own
   */
  readonly causationId?: string;
  readonly signal?: AbortSignal;
}

/** Somebody else was faster so many times, one after the other: it is a busy stream, and not ours to wait for. */
const ATTEMPTS = 4;

/**
 * Reads a stream, lets the domain decide what follows, and appends it if the stream is still the same; otherwise all over
 * again, for a decision is made of what is there. A decision for nothing appends nothing.
 *
 * @returns what was decided.
 * @throws {RevisionError} when somebody else was faster four times.
 * @throws what `decide` throws.
 */
export async function decideOn<State, Event extends DomainEvent>(
  store: EventStore,
  stream: string,
  fold: Fold<State, Event>,
  decide: (state: State) => readonly Event[],
  { correlationId, causationId = randomUUID(), signal }: DecisionOptions,
): Promise<readonly Event[]> {
  const { read = fromJson, write = toJson } = fold;
  const metadata = { correlationId, causationId };
  for (let attempt = 1; ; attempt++) {
    let state = fold.initial;
    let revision: bigint | undefined;
    for await (const stored of store.readStream(stream, { signal })) {
      state = fold.after(state, await read(stored));
      revision = stored.revision;
    }
    const decided = decide(state);
    if (decided.length === 0) return decided;
    const events = await Promise.all(
      decided.map(async (event, index) => ({
        id: derivedEventId(causationId, `${stream} ${event.type} ${index}`),
        type: event.type,
        data: await write(event),
        metadata,
      })),
    );
    try {
      await store.append(stream, events, revision ?? "no_stream", { signal });
      return decided;
    } catch (error) {
      if (!(error instanceof RevisionError) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** An event whose data is JSON. @throws {SyntaxError} for what is none. */
export const fromJson = async <Event extends DomainEvent>({ type, data }: StoredEvent): Promise<Event> => {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  // What can't be read would otherwise become other characters.
  if (!isUtf8(bytes)) throw new SyntaxError("data: must be UTF-8");
  return { type, data: JSON.parse(bytes.toString("utf8")) } as Event;
};

/** Data as JSON. */
export const toJson = async ({ data }: DomainEvent): Promise<Uint8Array> =>
  new TextEncoder().encode(JSON.stringify(data));
