import { KeyRefusedError, type Waiting } from "../../keys/wrapping-keys";
import { type BackupCatalog, BackupMissingError, ManifestError } from "../backup/backup-catalog";
import type { BackupKeys } from "../backup/backup-keys";
import { isSealedBy, type SealedManifest } from "../backup/manifest";
import type { SegmentCipher } from "../backup/segment-cipher";
import { type Finder, type FindingKind, finding } from "./finding";

/** A manifest whose seal was looked at, with what opens its segments. */
export interface OpenedBackup {
  readonly manifest: SealedManifest;
  readonly cipher: SegmentCipher;
}

/**
 * A backup with all that it goes on from, the full one first; nothing where one of them can't be had. What a manifest says
 * is believed once its seal was looked at: what it goes on from, too.
 * @throws {BackupMissingError} when there is no backup of this id itself.
 */
export async function openBackup(
  catalog: BackupCatalog,
  keys: BackupKeys,
  id: string,
  found: Finder,
  waiting?: Waiting,
): Promise<readonly OpenedBackup[]> {
  const opened: OpenedBackup[] = [];
  try {
    for (let parent: SealedManifest["parent"] | { id: string; seal?: undefined } = { id }; parent !== undefined; ) {
      const manifest: SealedManifest = await catalog.find(parent.id, waiting);
      if (parent.seal !== undefined && manifest.seal !== parent.seal)
        throw new ManifestError(parent.id, `is not what ${opened[0]?.manifest.id} goes on from`, { isAnothers: true });
      const cipher = await cipherOf(manifest, keys, found, waiting);
      if (cipher === undefined) return [];
      opened.unshift({ manifest, cipher });
      ({ parent } = manifest);
    }
    return opened;
  } catch (error) {
    if (error instanceof BackupMissingError && error.id !== id) found(finding("manifest missing", error.id));
    else if (error instanceof ManifestError) found(finding(kindOf(error), error.id, error.message));
    else throw error;
    return [];
  }
}

/** Undefined where it does not open, or is not what was sealed. */
async function cipherOf(
  manifest: SealedManifest,
  keys: BackupKeys,
  found: Finder,
  waiting: Waiting | undefined,
): Promise<SegmentCipher | undefined> {
  try {
    const { bytes, cipher } = await keys.open(manifest, waiting);
    const isWhole = isSealedBy(manifest, bytes);
    bytes.fill(0);
    if (isWhole) return cipher;
    found(finding("manifest altered", manifest.id));
  } catch (error) {
    if (!(error instanceof KeyRefusedError)) throw error;
    const { wrappedBy } = manifest.key;
    // The key is the right one: what it should open is not what it has wrapped for this backup.
    if (wrappedBy === keys.current)
      found(finding("manifest altered", manifest.id, "its data key is not this backup's"));
    else found(finding("wrong key", manifest.id, `it was wrapped by ${wrappedBy}, and at hand is ${keys.current}`));
  }
  return undefined;
}

const kindOf = ({ isAnothers }: ManifestError): FindingKind =>
  isAnothers ? "manifest of another backup" : "manifest unreadable";
