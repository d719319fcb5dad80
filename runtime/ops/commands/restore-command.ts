import { PostgresEventImport } from "../../adapters/postgres/postgres-event-import";
import { PostgresSubjectKeys } from "../../adapters/postgres/postgres-subject-keys";
import { AppendedEventImport } from "../../recovery/restore/appended-event-import";
import { type RestoreOptions, restore } from "../../recovery/restore/restore";
import { DeletedSubjects } from "../../recovery/subjects/deleted-subjects";
import { chosenBackup } from "../chosen-backup";
import type { Command } from "../command";
import { oneAtATime } from "../one-at-a-time";
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
  const hasKeys = environment.SUBJECT_KEYS_URL !== undefined;
  const keysPool = hasKeys ? use(postgresPoolAt(environment, "SUBJECT_KEYS_URL"), (pool) => pool.end()) : undefined;
  const subjectKeys = keysPool && new PostgresSubjectKeys({ pool: keysPool });
  await subjectKeys?.migrate();
  const of: RestoreOptions = {
    ...{ storage, wrappingKeys, backup, replace: options.replace, report, signal },
    events: events.postgres ? new PostgresEventImport(events.postgres) : new AppendedEventImport(events.store),
    deletedSubjects: subjectKeys && new DeletedSubjects(storage, subjectKeys),
  };
  const { postgres } = events;
  const restored = await (postgres === undefined
    ? restore(of)
    : oneAtATime(postgres.pool, `a restore into ${postgres.schema}`, signal, () => restore(of)));
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
