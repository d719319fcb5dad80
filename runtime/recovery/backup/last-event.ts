import { createHash } from "node:crypto";
import type { EventStore, StoredEvent } from "../../event-store/event-store";
import { positionText } from "../../event-store/position";
import type { Waiting } from "../../keys/wrapping-keys";
import { lineOf } from "./event-line";
import type { LastEvent } from "./manifest";

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

const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
