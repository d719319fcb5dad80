import { PostgresEventImport } from "../../adapters/postgres/postgres-event-import";
import { PostgresSubjectKeys } from "../../adapters/postgres/postgres-subject-keys";
import type { BackupStorage } from "../../recovery/backup/backup-storage";
import { AppendedEventImport } from "../../recovery/restore/appended-event-import";
import { type RestoreOptions, restore } from "../../recovery/restore/restore";
import { DeletedSubjects } from "../../recovery/subjects/deleted-subjects";
import { ledgerEntries } from "../../recovery/subjects/ledger";
import { SettingsError } from "../../settings";
import { chosenBackup } from "../chosen-backup";
import type { Command } from "../command";
import { oneAtATime } from "../one-at-a-time";
import { backupWrappingKeys, openBackupStorage, openEventStore, SUBJECT_KEYS, subjectKeysPool } from "../stores";
import { ago, words } from "../words";

export interface RestoreCommandOptions {
  /** @default - the last one */
  readonly backup?: string;
  /** Name of the place whose events may be replaced. */
  readonly replace?: string;
  /** False restores though it is not known here where the keys of deleted subjects are. */
  readonly forget?: boolean;
}

/** Puts a backup's events into the event store, and deletes again what was deleted of subjects. */
export const restoreCommand: Command<RestoreCommandOptions> = async (options, { environment, signal, use }, report) => {
  const storage = use(await openBackupStorage(environment));
  const wrappingKeys = use(await backupWrappingKeys(environment));
  const events = use(await openEventStore(environment, { signal }));
  const keysPool = await subjectKeysPool(environment, { signal });
  const subjectKeys = keysPool && new PostgresSubjectKeys({ pool: use(keysPool, (pool) => pool.end()) });
  const backup = await chosenBackup(storage, options.backup, signal);
  if (subjectKeys === undefined && options.forget !== false) await checkNobodyIsForgotten(storage, signal);
  await subjectKeys?.migrate({ signal });
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
      subjectKeys === undefined ? `none: ${SUBJECT_KEYS} would say where their keys are` : restored.deletedSubjects,
    next: "rebuild the read models: they are of the former store",
  };
  return { isSound: true, words: words("restored", facts), report: restored };
};

/** Whom the ledger names must stay forgotten after every restore: that can't be said by one who does not know where keys are. */
async function checkNobodyIsForgotten(storage: BackupStorage, signal: AbortSignal): Promise<void> {
  for await (const { subject } of ledgerEntries(storage, { signal })) {
    // What is damaged is found, and named, by the restore.
    if (subject === undefined) continue;
    throw new SettingsError([
      `${SUBJECT_KEYS}: one of them must be given, for subjects were deleted, whose keys are deleted again after every restore; with --no-forget that is left to you`,
    ]);
  }
}
