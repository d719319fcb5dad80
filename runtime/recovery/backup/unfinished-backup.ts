import type { Waiting } from "../../keys/wrapping-keys";
import { type BackupStorage, ObjectMissingError } from "./backup-storage";
import { bytesOfJson, jsonIn } from "./json-object";
import type { Manifest, Seal } from "./manifest";

const UNFINISHED = "backups/unfinished/";
const ENDING = ".json";
/** One that waited for longer than a day is worth no more than a new one, and its segments may be about to expire. */
const MAX_AGE_MS = 24 * 60 * 60 * 1000;

/** A manifest that is still being written: what of it is done. */
export type Draft = Omit<Manifest, "finished" | "recoveryPoint">;
export type SealedDraft = Draft & Seal;

/** Backups that were begun and have no manifest yet. No list has them. */
export class UnfinishedBackups {
  constructor(private readonly storage: BackupStorage) {}

  /** The newest that a store of this kind can go on with. What can't be gone on with is taken away. */
  async newest(store: string, now: Date, waiting?: Waiting): Promise<SealedDraft | undefined> {
    let newest: SealedDraft | undefined;
    const keys: string[] = [];
    for await (const { key } of this.storage.list(UNFINISHED, waiting)) keys.push(key);
    for (const key of keys) {
      const draft = await this.read(key, waiting);
      // One of the future was begun by a clock that was ahead: how old it is is not known.
      const isOfUse =
        draft !== undefined && draft.store === store && Math.abs(now.getTime() - Date.parse(draft.begun)) < MAX_AGE_MS;
      if (!isOfUse) await this.storage.delete(key, waiting);
      else if (newest !== undefined) await this.storage.delete(keyOf(newest.id), waiting);
      if (isOfUse) newest = draft;
    }
    return newest;
  }

  async save(draft: SealedDraft, waiting?: Waiting): Promise<void> {
    await this.storage.write(keyOf(draft.id), bytesOfJson(draft), waiting);
  }

  /** Discards drafts that a run was writing when it was killed. A concurrent run would lose its draft. */
  async discardUnfinished(waiting?: Waiting): Promise<void> {
    await this.storage.discardUnfinished(UNFINISHED, waiting);
  }

  async forget(id: string, waiting?: Waiting): Promise<void> {
    await this.storage.delete(keyOf(id), waiting);
  }

  /** Undefined for what is gone by now, or can't be read: a new backup is begun. */
  private async read(key: string, waiting?: Waiting): Promise<SealedDraft | undefined> {
    try {
      const draft = await jsonIn(this.storage, key, waiting);
      return isDraft(draft) && keyOf(draft.id) === key ? draft : undefined;
    } catch (error) {
      if (error instanceof ObjectMissingError || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }
}

const keyOf = (id: string): string => `${UNFINISHED}${id}${ENDING}`;

/** What has to be right before its seal can be looked at; all else is under the seal. */
function isDraft(value: unknown): value is SealedDraft {
  if (typeof value !== "object" || value === null) return false;
  const { id, store, begun, seal, key } = value as Partial<SealedDraft>;
  return [id, store, begun, seal, key?.wrappedBy, key?.bytes].every((each) => typeof each === "string");
}
