import type { EventLog } from "../../event-store/event-batches";
import type { Reading, StoredEvent } from "../../event-store/event-store";
import { type Position, positionText } from "../../event-store/position";
import type { Finding } from "../verify/finding";

/** What is there before a restore. */
export interface ImportGround {
  /** Where the store's last event stands, undefined in an empty store or where there is none. */
  readonly head: Position | undefined;
  /** What is there and is no event store's, in words: somebody else keeps it there. */
  readonly others: readonly string[];
  /** Whether this backup was restored to it, and nothing has come since; it may be damaged all the same. */
  readonly isRestored: boolean;
  /** Where a restore of this backup has stopped, undefined where none has begun. */
  readonly resumesAfter: Position | undefined;
}

/** What of it a restore takes the place of. */
export type Replaced = Pick<ImportGround, "head" | "others">;

/** Where events can be put as they were. Nobody sees any of them until all are there. As a log it is what is the store by then. */
export interface EventImport extends EventLog {
  /** In words, for whoever must say what is to be replaced: a schema or a cluster. */
  readonly place: string;

  /** Whether its events can be replaced, and are kept beside it. */
  readonly isReplaceable: boolean;

  /** Changes nothing. */
  look(backup: string, options?: Reading): Promise<ImportGround>;

  /** Goes on with what a restore of this backup has written; what another has written goes. */
  begin(backup: string, options?: Reading): Promise<void>;

  /** Events behind those before them: all of them, or none. */
  write(events: readonly StoredEvent[], options?: Reading): Promise<void>;

  /**
   * Makes it the store, at once. What was there before is kept beside it, unless that was an empty store alone.
   * @param ground that is replaced, as `look` has seen it.
   * @returns where that is kept, undefined where there was nothing to keep.
   * @throws {StoreChangedError} when it has others by now; nothing is changed then.
   */
  finish(backup: string, ground: Replaced, options?: Reading): Promise<string | undefined>;
}

/** A store with events, of which nobody has said that they may be replaced. */
export class StoreNotEmptyError extends Error {
  override readonly name = "StoreNotEmptyError";

  readonly place: string;

  /** @param said what may be replaced, as somebody has said. @default - nobody has said anything */
  constructor(target: Target, head: Position, said?: string) {
    const other = said === undefined ? "" : `, and ${JSON.stringify(said)} as what may be replaced`;
    const { place } = target;
    super(
      `${place}: must be empty to be restored into, got events up to ${positionText(head)}${other}: ${adviceOn(target)}`,
    );
    this.place = place;
  }
}

/** A store that others have written to while a backup was being restored. */
export class StoreChangedError extends Error {
  override readonly name = "StoreChangedError";

  constructor(place: string, head: Position) {
    super(
      `${place}: must stay as it is while a backup is restored, got events up to ${positionText(head)} meanwhile: stop who writes there, and run it again`,
    );
  }
}

/** A store that this backup was restored to, and that is not any more what it was restored to. */
export class StoreDamagedError extends Error {
  override readonly name = "StoreDamagedError";

  constructor(target: Target, { where, message }: Finding) {
    super(
      `${target.place}: must be as this backup was restored to it, got other events, ${where}: ${message}: ${adviceOn(target)}`,
    );
  }
}

type Target = Pick<EventImport, "place" | "isReplaceable">;

const adviceOn = ({ place, isReplaceable }: Target): string =>
  isReplaceable
    ? `with --replace ${place} they are replaced, and kept beside it`
    : "in KurrentDB, which takes events by appending alone, they can't be replaced: restore into a new cluster";

/** So many of them say what a place is used for. */
const MOST_TOLD = 5;

/** A place where somebody keeps other things than an event store, which nobody has said may be put away. */
export class OthersInPlaceError extends Error {
  override readonly name = "OthersInPlaceError";

  constructor(
    readonly place: string,
    others: readonly string[],
    advice = `name a place of the event store's own, or with --replace ${place} all that is there is kept beside it`,
  ) {
    const left = others.length > MOST_TOLD ? ` and ${others.length - MOST_TOLD} more` : "";
    super(
      `${place}: must have nothing but an event store to be restored into, got ${others.slice(0, MOST_TOLD).join(", ")}${left}: ${advice}`,
    );
  }
}
