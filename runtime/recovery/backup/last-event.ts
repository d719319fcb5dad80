import { createHash } from "node:crypto";
import type { EventStore, StoredEvent } from "../../event-store/event-store";
import { positionText } from "../../event-store/position";
import type { Waiting } from "../../keys/wrapping-keys";
import { lineOf } from "./event-line";
import type { LastEvent } from "./manifest";

/** A store that is known again by its last event. */
export type KnownStore = Pick<EventStore, "lastEvent" | "readStream" | "keepsEvents">;

/** @param line of the event, where it is there already. */
export const lastEventOf = (event: StoredEvent, line: Uint8Array = lineOf(event)): LastEvent => ({
  stream: event.stream,
  revision: `${event.revision}`,
  position: positionText(event.position),
  sha256: sha256Of(line),
});

/**
 * Whether a store has this very event, and where a backup or read models have had it. One that was restored to an earlier
 * moment, or another one, goes on otherwise.
 */
export async function hasEvent(
  store: Pick<EventStore, "readStream">,
  { stream, revision, sha256 }: LastEvent,
  waiting?: Waiting,
): Promise<boolean> {
  for await (const event of store.readStream(stream, { from: BigInt(revision), ...waiting })) {
    return sha256Of(lineOf(event)) === sha256;
  }
  return false;
}

/** Whether a store can't be the one that had this event. */
export const lacksEvent = async (
  store: Pick<EventStore, "readStream" | "keepsEvents">,
  last: LastEvent,
  waiting?: Waiting,
): Promise<boolean> => store.keepsEvents && !(await hasEvent(store, last, waiting));

/** What models are whose last event the store lacks. */
export const OF_ANOTHER_STORE = "of another event store, or of this one before it was restored";

const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
