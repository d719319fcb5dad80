import { PostgresSubjectKeys } from "../../adapters/postgres/postgres-subject-keys";
import { DeletedSubjects } from "../../recovery/subjects/deleted-subjects";
import type { Command } from "../command";
import { openBackupStorage, postgresPoolAt } from "../stores";
import { words } from "../words";

/** Deletes the keys again of all whom the ledger names: a database of keys that was restored has those of forgotten people. */
export const forgetCommand: Command<object> = async (_, { environment, signal, use }, report) => {
  const storage = use(await openBackupStorage(environment));
  const pool = use(postgresPoolAt(environment, "SUBJECT_KEYS_URL"), (each) => each.end());
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
