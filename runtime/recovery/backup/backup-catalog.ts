import type { Waiting } from "../../keys/wrapping-keys";
import { checkBackupId, isBackupId } from "./backup-id";
import { type BackupStorage, ObjectMissingError } from "./backup-storage";
import { bytesOfJson, jsonIn } from "./json-object";
import { MANIFEST_FORMAT, type SealedManifest } from "./manifest";
import { isManifest } from "./manifest-shape";

const MANIFESTS = "backups/manifests/";
const ENDING = ".json";

/** Backups that are whole: those with a manifest. */
export class BackupCatalog {
  constructor(private readonly storage: BackupStorage) {}

  /** Ids of all of them, oldest first. What else somebody has put there is none. */
  async ids(waiting?: Waiting): Promise<readonly string[]> {
    const ids: string[] = [];
    for await (const { key } of this.storage.list(MANIFESTS, waiting)) {
      const id = key.slice(MANIFESTS.length, -ENDING.length);
      if (key.endsWith(ENDING) && isBackupId(id)) ids.push(id);
    }
    return ids;
  }

  /**
   * @throws {BackupMissingError} when there is none of this id.
   * @throws {ManifestError} for what is no manifest, or another backup's.
   */
  async find(id: string, waiting?: Waiting): Promise<SealedManifest> {
    let manifest: unknown;
    try {
      manifest = await jsonIn(this.storage, keyOf(checkBackupId(id)), waiting);
    } catch (error) {
      if (error instanceof ObjectMissingError) throw new BackupMissingError(id);
      if (error instanceof SyntaxError) throw new ManifestError(id, `is no JSON: ${error.message}`, { cause: error });
      throw error;
    }
    if (!isManifest(manifest)) throw new ManifestError(id, `is not of format ${MANIFEST_FORMAT}`);
    if (manifest.id !== id) throw new ManifestError(id, `is the one of ${manifest.id}`, { isAnothers: true });
    return manifest;
  }

  /** @throws {ObjectExistsError} when there is one of this id. */
  async add(manifest: SealedManifest, waiting?: Waiting): Promise<void> {
    await this.storage.write(keyOf(manifest.id), bytesOfJson(manifest), { ...waiting, ifAbsent: true });
  }

  /** Discards a manifest that a run was writing when it was killed. */
  async discardUnfinished(id: string, waiting?: Waiting): Promise<void> {
    await this.storage.discardUnfinished(keyOf(id), waiting);
  }
}

/** There is no such backup: none was begun, or one that was never finished. */
export class BackupMissingError extends Error {
  override readonly name = "BackupMissingError";

  constructor(readonly id: string) {
    super(`backup ${id} is not there`);
  }
}

/** A manifest that can't be one, or not this backup's. */
export class ManifestError extends Error {
  override readonly name = "ManifestError";

  /** Whether it is a sound one in the wrong place. */
  readonly isAnothers: boolean;

  constructor(
    readonly id: string,
    problem: string,
    { isAnothers = false, cause }: { readonly isAnothers?: boolean; readonly cause?: unknown } = {},
  ) {
    super(`the manifest of backup ${id} ${problem}`, { cause });
    this.isAnothers = isAnothers;
  }
}

const keyOf = (id: string): string => `${MANIFESTS}${id}${ENDING}`;
