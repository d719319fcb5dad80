import { BackupCatalog } from "../../recovery/backup/backup-catalog";
import { BackupKeys } from "../../recovery/backup/backup-keys";
import { secondsSince } from "../../recovery/seconds-since";
import type { Finding } from "../../recovery/verify/finding";
import { openBackup } from "../../recovery/verify/opened-backup";
import { verifyBackup } from "../../recovery/verify/verify-backup";
import { verifyStore } from "../../recovery/verify/verify-store";
import { modelsCheck } from "../checked-models";
import { chosenBackup } from "../chosen-backup";
import type { Command } from "../command";
import { checkEventStore } from "../lost-stores";
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
  const began = performance.now();
  const storage = use(await openBackupStorage(environment));
  const wrappingKeys = use(await backupWrappingKeys(environment));
  // Before the backup is read, which may take long: what is wrong with a setting is said at once.
  const events = options.store || options.models ? use(await openEventStore(environment, { signal })) : undefined;
  const checkModels =
    options.models === true && events !== undefined ? await modelsCheck(events, surroundings, report) : undefined;
  const backup = await chosenBackup(storage, options.backup, signal);
  const verified = await verifyBackup({ storage, wrappingKeys, backup, report, signal });
  const readSeconds = secondsSince(began);
  const findings: Finding[] = [...verified.findings];

  let store: object | undefined;
  if (options.store === true && findings.length > 0)
    store = { "the event store": "was not compared: the backup is not sound" };
  else if (options.store === true && events !== undefined) {
    await checkEventStore(events, signal);
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
  let models: object | undefined;
  let rebuildSeconds: number | undefined;
  if (checkModels !== undefined) {
    const beganModels = performance.now();
    try {
      const compared = await checkModels();
      findings.push(...compared.findings);
      models = { "tables that were compared": compared.tables, "rows that were compared": compared.rows };
      rebuildSeconds = secondsSince(beganModels);
    } catch (error) {
      // What was found is told all the same.
      if (findings.length === 0) throw error;
      models = { "the read models": `were not compared: ${error instanceof Error ? error.message : error}` };
    }
  }

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
    ...models,
    "recovery point": recoveryPoint && `${recoveryPoint}, ${ago(recoveryPoint, Date.now())} ago`,
    "recovery time": isSound ? recoveryTimeInWords(readSeconds, rebuildSeconds) : undefined,
    seconds: secondsSince(began),
  };
  const measured = { recoveryPoint, readSeconds, rebuildSeconds };
  const found = findings.map(({ kind, where, message }) => `\n  ${kind}: ${where}: ${message}`).join("");
  return {
    isSound,
    words: `${words(isSound ? "sound" : "not sound", facts)}${found}`,
    report: { outcome: isSound ? "sound" : "mismatch", ...facts, ...measured, findings },
  };
};

/** Of what was measured: nothing was written, as a drill does. */
function recoveryTimeInWords(readSeconds: number, rebuildSeconds: number | undefined): string {
  const all = (readSeconds + (rebuildSeconds ?? 0)).toFixed(1);
  const rebuild =
    rebuildSeconds === undefined ? "" : `, building the read models took ${rebuildSeconds.toFixed(1)} seconds`;
  return `at least ${all} seconds: reading the backup took ${readSeconds.toFixed(1)} seconds${rebuild}; a drill measures all of it`;
}
