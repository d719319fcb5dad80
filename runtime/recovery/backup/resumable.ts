import type { EventStore } from "../../event-store/event-store";
import { KeyRefusedError, type Waiting } from "../../keys/wrapping-keys";
import { type BackupCatalog, BackupMissingError, ManifestError } from "./backup-catalog";
import type { BackupKey, BackupKeys } from "./backup-keys";
import { hasEvent } from "./last-event";
import { isSealedBy } from "./manifest";
import type { SealedDraft } from "./unfinished-backup";

export interface ResumableOptions {
  readonly catalog: BackupCatalog;
  readonly keys: BackupKeys;
  readonly store: Pick<EventStore, "readStream">;
  /** Whether it may go on from another backup. */
  readonly mayHaveParent: boolean;
}

/**
 * What opens an unfinished backup that can be gone on with; undefined of one that is whole by now, is not what this tool has
 * written, or is of a store that is not there any more: it may have been restored to an earlier moment since.
 */
export async function keyOfResumable(
  draft: SealedDraft,
  { catalog, keys, store, mayHaveParent }: ResumableOptions,
  waiting?: Waiting,
): Promise<BackupKey | undefined> {
  if ((await catalog.ids(waiting)).includes(draft.id)) return undefined;
  try {
    const key = await keys.open(draft, waiting);
    if (!isSealedBy(draft, key.bytes)) return undefined;
    const { parent, events } = draft;
    if (parent !== undefined && (!mayHaveParent || (await catalog.find(parent.id, waiting)).seal !== parent.seal))
      return undefined;
    return events.last === undefined || (await hasEvent(store, events.last, waiting)) ? key : undefined;
  } catch (error) {
    const isGone = [KeyRefusedError, BackupMissingError, ManifestError].some((kind) => error instanceof kind);
    if (isGone) return undefined;
    throw error;
  }
}
