import { PostgresSubjectKeys } from "../../adapters/postgres/postgres-subject-keys";
import { checkSubject } from "../../keys/subject";
import { DeletedSubjects } from "../../recovery/subjects/deleted-subjects";
import { SettingsError } from "../../settings";
import type { Command } from "../command";
import { openBackupStorage, SUBJECT_KEYS, subjectKeysPool } from "../stores";
import { words } from "../words";

export interface ForgetCommandOptions {
  /** One who is to be written into the ledger first: his entry is damaged, or was never made. @default - nobody */
  readonly subject?: string;
}

/** Deletes the keys again of all whom the ledger names: a database of keys that was restored has those of forgotten people. */
export const forgetCommand: Command<ForgetCommandOptions> = async (
  { subject },
  { environment, signal, use },
  report,
) => {
  // Before stores are opened and migrated.
  if (subject !== undefined) checkSubject(subject);
  const storage = use(await openBackupStorage(environment));
  const opened = await subjectKeysPool(environment, { signal });
  if (opened === undefined) throw new SettingsError([`${SUBJECT_KEYS}: one of them must be given`]);
  const pool = use(opened, (each) => each.end());
  const keys = new PostgresSubjectKeys({ pool });
  await keys.migrate({ signal });
  const deletedSubjects = new DeletedSubjects(storage, keys);
  if (subject !== undefined) await deletedSubjects.recordAnew(subject, { signal });
  const subjects = await deletedSubjects.deleteAgain({ signal });
  report("deleted subjects deleted again", { subjects });
  const facts = {
    "subjects deleted again": subjects,
    next: "restart services that may have keys of them in memory, and rebuild the read models that were restored",
  };
  return { isSound: true, words: words("forgotten", facts), report: { place: storage.place, subjects } };
};
