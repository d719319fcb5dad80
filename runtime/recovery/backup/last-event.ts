import type { EventStore } from "../../event-store/event-store";
import type { Waiting } from "../../keys/wrapping-keys";
import { lineOf } from "./event-line";
import { sha256Of } from "./event-segments";
import type { LastEvent } from "./manifest";

/**
 * Whether a store has this very event where a backup has it. One that was restored to an earlier moment, or another one,
 * goes on otherwise.
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
