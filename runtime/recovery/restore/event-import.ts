import type { Reading, StoredEvent } from "../../event-store/event-store";
import { type Position, positionText } from "../../event-store/position";

/** What is there before a restore. */
export interface ImportGround {
  /** Where the store's last event stands, undefined in an empty store or where there is none. */
  readonly head: Position | undefined;
  /** What is there and is no event store's, in words: somebody else keeps it there. */
  readonly others: readonly string[];
  /** Whether it is what this backup was restored to, and nothing has come since. */
  readonly isRestored: boolean;
  /** Where a restore of this backup has stopped, undefined where none has begun. */
  readonly resumesAfter: Position | undefined;
}

/** What of it a restore takes the place of. */
export type Replaced = Pick<ImportGround, "head" | "others">;

/** Where events can be put as they were. Nobody sees any of them until all are there. */
export interface EventImport {
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
   * @throws {StoreNotEmptyError} when it has others by now; nothing is changed then.
   */
  finish(backup: string, ground: Replaced, options?: Reading): Promise<string | undefined>;
}

/** A store with events, of which nobody has said that they may be replaced. */
export class StoreNotEmptyError extends Error {
  override readonly name = "StoreNotEmptyError";

  readonly place: string;

  /** @param said what may be replaced, as somebody has said. @default - nobody has said anything */
  constructor({ place, isReplaceable }: Pick<EventImport, "place" | "isReplaceable">, head: Position, said?: string) {
    const other = said === undefined ? "" : `, and ${JSON.stringify(said)} as what may be replaced`;
    const advice = isReplaceable
      ? `with --replace ${place} they are replaced, and kept beside it`
      : "in KurrentDB, which takes events by appending alone, they can't be replaced: restore into a new cluster";
    super(`${place}: must be empty to be restored into, got events up to ${positionText(head)}${other}: ${advice}`);
    this.place = place;
  }
}

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
