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
 * A backup with all that it goes on from, the full one first; nothing where one of them can't be had.
 * @throws {BackupMissingError} when there is no backup of this id itself.
 */
export async function openBackup(
  catalog: BackupCatalog,
  keys: BackupKeys,
  id: string,
  found: Finder,
  waiting?: Waiting,
): Promise<readonly OpenedBackup[]> {
  try {
    const opened: OpenedBackup[] = [];
    for (const manifest of await catalog.lineage(id, waiting)) {
      const key = await keys.open(manifest, waiting);
      if (!isSealedBy(manifest, key.bytes)) {
        found(finding("manifest altered", manifest.id));
        return [];
      }
      key.bytes.fill(0);
      opened.push({ manifest, cipher: key.cipher });
    }
    return opened;
  } catch (error) {
    if (error instanceof BackupMissingError && error.id !== id) found(finding("manifest missing", error.id));
    else if (error instanceof ManifestError) found(finding(kindOf(error), error.id, error.message));
    else if (error instanceof KeyRefusedError) found(finding("wrong key", id));
    else throw error;
    return [];
  }
}

const kindOf = ({ isAnothers }: ManifestError): FindingKind =>
  isAnothers ? "manifest of another backup" : "manifest unreadable";
