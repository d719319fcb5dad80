import { isUtf8 } from "node:buffer";
import { randomUUID } from "node:crypto";
import { pause } from "../deadline";
import { derivedEventId } from "./event-id";
import { type EventStore, type Reading, RevisionError, type StoredEvent } from "./event-store";
import type { Folded, SnapshotForm, Snapshots } from "./snapshots";

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
  /** How its state is kept, so that not all events are read each time. @default - it is not */
  readonly snapshot?: SnapshotForm<State>;
}

export interface StateReading extends Reading {
  /** States that were kept; the fold says in which form. @default - none: all events of the stream are read */
  readonly snapshots?: Snapshots;
}

export interface DecisionOptions extends StateReading {
  readonly correlationId: string;
  /**
   * Id of what the decision follows from. With it, the same decision made twice appends its events once: an event is known by
   * its cause, its stream, its type and its number in the decision, so that one cause has events of one type once.
   * @default - a cause of its own
   */
  readonly causationId?: string;
}

/** Somebody else was faster so many times, one after the other: it is a busy stream, and not ours to wait for. */
const ATTEMPTS = 8;
/**
 * The least pause. A random part of it, or of the time that the last append took if that was longer, is waited for before a second
 * attempt, of twice as much before each next (full jitter): those who were at it at once are not at it at once again, however
 * slow the store is. Ours: some appends of a fast store.
 */
const PAUSE_MS = 20;

/**
 * Reads a stream, lets the domain decide what follows, and appends it if the stream is still the same; otherwise it reads what has
 * come, and decides anew, for a decision is made of what is there. A decision for nothing appends nothing.
 *
 * @returns what was decided.
 * @throws {RevisionError} when somebody else was faster eight times.
 * @throws {RangeError} for snapshots of a fold that does not say how.
 * @throws what `decide` throws.
 */
export async function decideOn<State, Event extends DomainEvent>(
  store: EventStore,
  stream: string,
  fold: Fold<State, Event>,
  decide: (state: State) => readonly Event[],
  { correlationId, causationId = randomUUID(), signal, snapshots }: DecisionOptions,
): Promise<readonly Event[]> {
  const { write = toJson } = fold;
  const metadata = { correlationId, causationId };
  let folded = await begun(store, stream, fold, snapshots, signal);
  for (let attempt = 1; ; attempt++) {
    const decided = decide(folded.state);
    if (decided.length === 0) return decided;
    const events = await Promise.all(
      decided.map(async (event, index) => ({
        id: derivedEventId(causationId, `${stream} ${event.type} ${index}`),
        type: event.type,
        data: await write(event),
        metadata,
      })),
    );
    const began = performance.now();
    try {
      await store.append(stream, events, folded.last?.revision ?? "no_stream", { signal });
      return decided;
    } catch (error) {
      if (!(error instanceof RevisionError) || attempt === ATTEMPTS) throw error;
    }
    const longest = Math.max(PAUSE_MS, performance.now() - began) * 2 ** (attempt - 1);
    await pause(Math.random() * longest, signal);
    folded =
      (await continued(store, stream, fold, folded, signal)) ?? (await begun(store, stream, fold, undefined, signal));
  }
}

/**
 * A stream's state at this moment. What is decided on it may be too late: `decideOn` decides on what is there.
 * @throws {RangeError} for snapshots of a fold that does not say how.
 */
export const readState = async <State, Event extends DomainEvent>(
  store: EventStore,
  stream: string,
  fold: Fold<State, Event>,
  { signal, snapshots }: StateReading = {},
): Promise<State> => (await begun(store, stream, fold, snapshots, signal)).state;

/** A stream's state, from its last snapshot on, or from its first event. */
async function begun<State, Event extends DomainEvent>(
  store: EventStore,
  stream: string,
  fold: Fold<State, Event>,
  snapshots: Snapshots | undefined,
  signal: AbortSignal | undefined,
): Promise<Folded<State>> {
  if (snapshots !== undefined && fold.snapshot === undefined)
    throw new RangeError("fold.snapshot: must be given for snapshots");
  const kept = fold.snapshot && (await snapshots?.latest(stream, fold.snapshot, signal));
  const read =
    (kept && (await continued(store, stream, fold, kept, signal))) ??
    (await continued(store, stream, fold, { state: fold.initial, last: undefined }, signal));
  if (read === undefined) return { state: fold.initial, last: undefined };
  if (fold.snapshot) snapshots?.keep(stream, fold.snapshot, read, read.events);
  return read;
}

/**
 * A stream's state, from another one on. Undefined where that one is not of this stream: it has no such event there, for example
 * because the store was restored.
 */
async function continued<State, Event extends DomainEvent>(
  store: EventStore,
  stream: string,
  fold: Fold<State, Event>,
  from: Folded<State>,
  signal: AbortSignal | undefined,
): Promise<(Folded<State> & { readonly events: number }) | undefined> {
  const { read = fromJson } = fold;
  let { state, last } = from;
  let [events, isSame] = [0, last === undefined];
  for await (const stored of store.readStream(stream, { from: last?.revision, signal })) {
    if (isSame) {
      state = fold.after(state, await read(stored));
      last = stored;
      events++;
    } else if (stored.revision === last?.revision && stored.id === last.id) isSame = true;
    else return undefined;
  }
  return isSame ? { state, last: last && { revision: last.revision, id: last.id }, events } : undefined;
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
