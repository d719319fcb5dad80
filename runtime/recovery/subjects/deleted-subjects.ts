import { checkSubject } from "../../keys/subject";
import type { SubjectKeys, SubjectLedger } from "../../keys/subject-keys";
import type { Waiting } from "../../keys/wrapping-keys";
import { type BackupStorage, ObjectExistsError } from "../backup/backup-storage";
import { bytesOfJson } from "../backup/json-object";
import { type Finding, finding, UnsoundBackupError } from "../verify/finding";
import { entryKey, ledgerEntries } from "./ledger";

/**
 * The ledger of subjects whose data was deleted with their keys: an object each, beside the backups and in none of them,
 * because a restored store of keys would bring them back. `DataKeys` takes it as its `ledger`.
 */
export class DeletedSubjects implements SubjectLedger {
  constructor(
    private readonly storage: BackupStorage,
    private readonly keys: SubjectKeys,
  ) {}

  /**
   * Done again, it changes nothing: who may do no more than this can neither read nor change an entry.
   * @throws {RangeError} for what can't be a person's id.
   * @throws {BackupStorageError} when it could not be written: forget the subject again.
   */
  async record(subject: string, waiting?: Waiting): Promise<void> {
    checkSubject(subject);
    try {
      await this.storage.write(entryKey(subject), bytesOfJson({ subject }), { ...waiting, ifAbsent: true });
    } catch (error) {
      if (!(error instanceof ObjectExistsError)) throw error;
    }
  }

  /**
   * Records a subject whose entry is damaged, or was never written, and deletes its keys.
   * @throws {RangeError} for what can't be a person's id, before anything is written.
   * @throws {BackupStorageError}
   */
  async recordAnew(subject: string, waiting?: Waiting): Promise<void> {
    checkSubject(subject);
    await this.storage.write(entryKey(subject), bytesOfJson({ subject }), waiting);
    await this.keys.delete(subject, waiting);
  }

  /**
   * Deletes the keys of all of them once more. @returns how many subjects there are.
   * @throws {UnsoundBackupError} for entries that are damaged, once all others were deleted.
   */
  async deleteAgain(waiting?: Waiting): Promise<number> {
    let subjects = 0;
    const damaged: Finding[] = [];
    for await (const { key, subject } of ledgerEntries(this.storage, waiting)) {
      if (subject === undefined) damaged.push(finding("ledger entry damaged", key));
      else await this.keys.delete(subject, waiting);
      subjects++;
    }
    if (damaged.length > 0) throw new UnsoundBackupError(damaged);
    return subjects;
  }
}
