import { BackupCatalog } from "../../recovery/backup/backup-catalog";
import { BackupKeys } from "../../recovery/backup/backup-keys";
import type { Finding } from "../../recovery/verify/finding";
import { openBackup } from "../../recovery/verify/opened-backup";
import { verifyBackup } from "../../recovery/verify/verify-backup";
import { verifyStore } from "../../recovery/verify/verify-store";
import { checkModels } from "../checked-models";
import { chosenBackup } from "../chosen-backup";
import type { Command } from "../command";
import { backupWrappingKeys, openBackupStorage, openEventStore } from "../stores";
import { ago, words } from "../words";

export interface VerifyCommandOptions {
  /** @default - the last one */
  readonly backup?: string;
  /** Whether the event store is compared with it, event by event. */
  readonly store?: boolean;
  /** Whether the read models are compared with a second rebuild of them. */
  readonly models?: boolean;
}

/** Reads a backup as a whole, and compares what runs with it, and says all that is wrong. */
export const verifyCommand: Command<VerifyCommandOptions> = async (options, surroundings, report) => {
  const { environment, signal, use } = surroundings;
  const began = Date.now();
  const storage = use(await openBackupStorage(environment));
  const wrappingKeys = use(await backupWrappingKeys(environment));
  const backup = await chosenBackup(storage, options.backup, signal);
  const verified = await verifyBackup({ storage, wrappingKeys, backup, report, signal });
  const findings: Finding[] = [...verified.findings];
  const events = options.store || options.models ? use(await openEventStore(environment)) : undefined;

  let store: object | undefined;
  if (options.store === true && events !== undefined && findings.length === 0) {
    const lineage = await openBackup(
      new BackupCatalog(storage),
      new BackupKeys(wrappingKeys),
      backup,
      (found) => findings.push(found),
      { signal },
    );
    const compared = await verifyStore(events.log, storage, lineage, { signal });
    report("event store verified", { events: compared.events });
    findings.push(...compared.findings);
    store = { "events that are the same": compared.events, "events since": compared.since };
  }
  const models = options.models && events !== undefined ? await checkModels(events, surroundings, report) : undefined;
  findings.push(...(models?.findings ?? []));

  const isSound = findings.length === 0;
  const { recoveryPoint } = verified;
  const facts = {
    ...{
      backup,
      backups: verified.backups,
      events: verified.events,
      streams: verified.streams,
      tables: verified.tables,
      "deleted subjects": verified.deletedSubjects,
    },
    ...store,
    ...(models && { "tables that were compared": models.tables, "rows that were compared": models.rows }),
    "recovery point": recoveryPoint && `${recoveryPoint}, ${ago(recoveryPoint, Date.now())} ago`,
    seconds: (Date.now() - began) / 1000,
  };
  const found = findings.map(({ kind, where, message }) => `\n  ${kind}: ${where}: ${message}`).join("");
  return {
    isSound,
    words: `${words(isSound ? "sound" : "not sound", facts)}${found}`,
    report: { outcome: isSound ? "sound" : "mismatch", ...facts, recoveryPoint, findings },
  };
};
