import { createHash } from "node:crypto";
import type { SubjectKeys } from "../../keys/subject-keys";
import type { Waiting } from "../../keys/wrapping-keys";
import { type BackupStorage, ObjectExistsError } from "../backup/backup-storage";
import { bytesOfJson, jsonIn } from "../backup/json-object";

const LEDGER = "deleted-subjects/";

/**
 * The ledger of subjects whose data was deleted with their keys: an object each, beside the backups and in none of them,
 * because a restored store of keys would bring them back. Give `record` to `DataKeys.onForgotten`.
 */
export class DeletedSubjects {
  constructor(
    private readonly storage: BackupStorage,
    private readonly keys: SubjectKeys,
  ) {}

  /** Done again, it changes nothing. @throws {BackupStorageError} when it could not be written: forget the subject again. */
  async record(subject: string, waiting?: Waiting): Promise<void> {
    const key = `${LEDGER}${createHash("sha256").update(subject).digest("hex")}.json`;
    try {
      await this.storage.write(key, bytesOfJson({ subject }), { ...waiting, ifAbsent: true });
    } catch (error) {
      if (!(error instanceof ObjectExistsError)) throw error;
    }
  }

  /** Deletes the keys of all of them once more. @returns how many subjects there are. */
  async deleteAgain(waiting?: Waiting): Promise<number> {
    let subjects = 0;
    for await (const { key } of this.storage.list(LEDGER, waiting)) {
      const entry = await jsonIn(this.storage, key, waiting);
      const subject = typeof entry === "object" && entry !== null && "subject" in entry ? entry.subject : undefined;
      if (typeof subject !== "string") throw new SyntaxError(`${key}: must name a subject`);
      await this.keys.delete(subject, waiting);
      subjects++;
    }
    return subjects;
  }
}
