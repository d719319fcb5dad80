import { PostgresEventImport } from "../../adapters/postgres/postgres-event-import";
import { PostgresSubjectKeys } from "../../adapters/postgres/postgres-subject-keys";
import { AppendedEventImport } from "../../recovery/restore/appended-event-import";
import { restore } from "../../recovery/restore/restore";
import { DeletedSubjects } from "../../recovery/subjects/deleted-subjects";
import { chosenBackup } from "../chosen-backup";
import type { Command } from "../command";
import { backupWrappingKeys, openBackupStorage, openEventStore, postgresPoolAt } from "../stores";
import { ago, words } from "../words";

export interface RestoreCommandOptions {
  /** @default - the last one */
  readonly backup?: string;
  /** Name of the place whose events may be replaced. */
  readonly replace?: string;
}

/** Puts a backup's events into the event store, and deletes again what was deleted of subjects. */
export const restoreCommand: Command<RestoreCommandOptions> = async (options, { environment, signal, use }, report) => {
  const storage = use(await openBackupStorage(environment));
  const wrappingKeys = use(await backupWrappingKeys(environment));
  const events = use(await openEventStore(environment));
  const backup = await chosenBackup(storage, options.backup, signal);
  const { SUBJECT_KEYS_URL: keysAt } = environment;
  const keysPool = keysAt === undefined ? undefined : use(postgresPoolAt(keysAt, environment), (pool) => pool.end());
  const subjectKeys = keysPool && new PostgresSubjectKeys({ pool: keysPool });
  await subjectKeys?.migrate();
  const restored = await restore({
    ...{ storage, wrappingKeys, backup, replace: options.replace, report, signal },
    events: events.postgres ? new PostgresEventImport(events.postgres) : new AppendedEventImport(events.store),
    deletedSubjects: subjectKeys && new DeletedSubjects(storage, subjectKeys),
  });
  const facts = {
    ...{ backup, events: restored.events, seconds: restored.seconds },
    "events a second": Math.round(restored.events / Math.max(restored.seconds, 0.001)),
    "recovery point": `${restored.recoveryPoint}, ${ago(restored.recoveryPoint, Date.now())} ago`,
    "former store is kept as": restored.former,
    "subjects deleted again":
      subjectKeys === undefined ? "none: SUBJECT_KEYS_URL is not given" : restored.deletedSubjects,
    next: "rebuild the read models: they are of the former store",
  };
  return { isSound: true, words: words("restored", facts), report: restored };
};
