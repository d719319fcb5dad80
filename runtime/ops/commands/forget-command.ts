import { PostgresSubjectKeys } from "../../adapters/postgres/postgres-subject-keys";
import { DeletedSubjects } from "../../recovery/subjects/deleted-subjects";
import { SettingsError } from "../../settings";
import type { Command } from "../command";
import { openBackupStorage, SUBJECT_KEYS, subjectKeysPool } from "../stores";
import { words } from "../words";

/** Deletes the keys again of all whom the ledger names: a database of keys that was restored has those of forgotten people. */
export const forgetCommand: Command<object> = async (_, { environment, signal, use }, report) => {
  const storage = use(await openBackupStorage(environment));
  const opened = await subjectKeysPool(environment);
  if (opened === undefined) throw new SettingsError([`${SUBJECT_KEYS}: one of them must be given`]);
  const pool = use(opened, (each) => each.end());
  const keys = new PostgresSubjectKeys({ pool });
  await keys.migrate({ signal });
  const subjects = await new DeletedSubjects(storage, keys).deleteAgain({ signal });
  report("deleted subjects deleted again", { subjects });
  const facts = {
    "subjects deleted again": subjects,
    next: "restart services that may have keys of them in memory, and rebuild the read models that were restored",
  };
  return { isSound: true, words: words("forgotten", facts), report: { place: storage.place, subjects } };
};
