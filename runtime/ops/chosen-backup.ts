import { BackupCatalog, BackupMissingError } from "../recovery/backup/backup-catalog";
import type { BackupStorage } from "../recovery/backup/backup-storage";

/** The id that was given, or the last backup's. @throws {BackupMissingError} where there is none. */
export async function chosenBackup(
  storage: BackupStorage,
  id: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const chosen = id ?? (await new BackupCatalog(storage).ids({ signal })).at(-1);
  if (chosen === undefined) throw new BackupMissingError(`in ${storage.place}`);
  return chosen;
}
