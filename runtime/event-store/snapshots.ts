import { isDeepStrictEqual } from "node:util";
import { within } from "../deadline";
import type { Reading } from "./event-store";

/** What a stream's events were folded to. */
export interface Snapshot {
  /** Of the last event that is in it. */
  readonly revision: bigint;
  /** That event's. */
  readonly eventId: string;
  readonly state: string;
}

/** A store of snapshots, beside the event store. All in it may be lost at any moment. */
export interface SnapshotStore {
  /** The last one that was saved of a stream in this version. */
  load(stream: string, version: string, options?: Reading): Promise<Snapshot | undefined>;
  /** Replaces the one of this stream and version. */
  save(stream: string, version: string, snapshot: Snapshot, options?: Reading): Promise<void>;
}

/** How a state becomes a snapshot. */
export interface SnapshotForm<State> {
  /**
   * Of the state and of how it is folded, 1 to 64 characters: another one with each change of either. Snapshots of other versions
   * are not looked at.
   */
  readonly version: string;
  /** @default - JSON */
  readonly write?: (state: State) => string;
  /** @default - JSON */
  readonly read?: (text: string) => State;
}

/** A state, and the last event that is in it: undefined before the first. */
export interface Folded<State> {
  readonly state: State;
  readonly last: { readonly revision: bigint; readonly id: string } | undefined;
}

export interface SnapshotsOptions {
  readonly store: SnapshotStore;
  /** A snapshot is saved once so many events were read that are in none. @default 500 */
  readonly every?: number;
  /** Milliseconds that the store may take; then all events are read. @default 500 */
  readonly limitMs?: number;
  /** Is told of each time that the store was of no use, or a state can't be a snapshot. @default - nobody */
  readonly failed?: (error: unknown) => void;
}

const DEFAULTS = { every: 500, limitMs: 500 } as const;
const MAX_VERSION = 64;

/**
 * Snapshots of folded streams, so that a decision reads the newest events alone. They are never needed: without them, and with
 * ones that are not of this stream, all events are read. A snapshot is trusted where the stream has its event at its revision; it
 * must not be writable for others than whoever writes events.
 */
export class Snapshots {
  constructor(private readonly options: SnapshotsOptions) {
    const { every = DEFAULTS.every } = options;
    if (!Number.isSafeInteger(every) || every < 1)
      throw new RangeError(`every: must be a whole number above 0, got ${every}`);
  }

  /** The stream's last snapshot, or nothing. @throws {RangeError} for a version that can't be. */
  async latest<State>(
    stream: string,
    form: SnapshotForm<State>,
    signal?: AbortSignal,
  ): Promise<Folded<State> | undefined> {
    const { version } = form;
    if (version.length < 1 || version.length > MAX_VERSION)
      throw new RangeError(`snapshot.version: must be 1 to ${MAX_VERSION} characters, got ${version.length}`);
    const { store } = this.options;
    return this.tried(signal, async (end) => {
      const kept = await store.load(stream, version, { signal: end });
      return kept && { state: readingOf(form)(kept.state), last: { revision: kept.revision, id: kept.eventId } };
    });
  }

  /** Saves a snapshot where it is time for one. Nobody waits for it. */
  keep<State>(stream: string, form: SnapshotForm<State>, { state, last }: Folded<State>, events: number): void {
    const { store, every = DEFAULTS.every } = this.options;
    if (events < every || last === undefined) return;
    void this.tried(undefined, async (end) => {
      const text = textOf(form, state);
      await store.save(
        stream,
        form.version,
        { revision: last.revision, eventId: last.id, state: text },
        { signal: end },
      );
    });
  }

  private async tried<Result>(
    signal: AbortSignal | undefined,
    ask: (end: AbortSignal) => Promise<Result>,
  ): Promise<Result | undefined> {
    const { limitMs = DEFAULTS.limitMs, failed } = this.options;
    try {
      return await within({ limitMs, signals: [signal] }, ask);
    } catch (error) {
      signal?.throwIfAborted();
      failed?.(error);
      return undefined;
    }
  }
}

const readingOf = <State>({ read = (text) => JSON.parse(text) as State }: SnapshotForm<State>) => read;

/** @throws {TypeError} for a state that would come back as another: a decision on it would be wrong. */
function textOf<State>(form: SnapshotForm<State>, state: State): string {
  const { write = (value: State) => JSON.stringify(value) } = form;
  const text: unknown = write(state);
  if (typeof text === "string" && isDeepStrictEqual(readingOf(form)(text), state)) return text;
  throw new TypeError("snapshot: must read a state as it was written; give write and read for what JSON has not");
}
