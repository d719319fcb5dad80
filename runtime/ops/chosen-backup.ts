import { BackupCatalog, BackupMissingError } from "../recovery/backup/backup-catalog";
import { checkBackupId } from "../recovery/backup/backup-id";
import type { BackupStorage } from "../recovery/backup/backup-storage";

/** The id that was given, or the last backup's. @throws {BackupMissingError} where there is none, before anything else is looked at. */
export async function chosenBackup(
  storage: BackupStorage,
  id: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const ids = await new BackupCatalog(storage).ids({ signal });
  const chosen = id === undefined ? ids.at(-1) : checkBackupId(id);
  if (chosen === undefined) throw new BackupMissingError(`in ${storage.place}`);
  if (!ids.includes(chosen)) throw new BackupMissingError(chosen);
  return chosen;
}
