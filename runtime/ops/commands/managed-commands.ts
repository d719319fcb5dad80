import { KurrentCloud } from "../../adapters/kurrent-cloud/kurrent-cloud";
import { kurrentCloudSettings } from "../../adapters/kurrent-cloud/kurrent-cloud-settings";
import { backupNow } from "../../recovery/managed/backup-now";
import { listBackups } from "../../recovery/managed/list-backups";
import { restore } from "../../recovery/managed/restore";
import { planInWords, planRestore } from "../../recovery/managed/restore-plan";
import type { Command } from "../command";
import { words } from "../words";

export interface ManagedBackupOptions {
  /** By which a rerun finds it again: one name is one backup. */
  readonly name: string;
}

export interface ManagedRestoreOptions {
  readonly backup: string;
  /** Where the Terraform files and the next steps are written. */
  readonly folder: string;
  /** Name of the event store's stack. */
  readonly stack: string;
  /** Of the new cluster. @default - the source's */
  readonly name?: string;
  /** Says what would be done, and does nothing. */
  readonly dryRun?: boolean;
}

/** Has Kurrent Cloud back the event store up, and waits for it. */
export const managedBackupCommand: Command<ManagedBackupOptions> = async ({ name }, surroundings, report) => {
  const { environment, signal, use } = surroundings;
  const settings = kurrentCloudSettings(environment);
  const clusters = use(new KurrentCloud(settings));
  const backup = await backupNow(clusters, {
    ...{ clusterId: settings.clusterId, name, signal },
    report: { onStage: (stage) => report(stage), onWaiting: (why) => report("waiting", { why }) },
  });
  const facts = { backup: backup.id, name, created: backup.created.toISOString(), "size in GB": backup.sizeGb };
  return { isSound: true, words: words("backed up by Kurrent Cloud", facts), report: facts };
};

/** Backups that Kurrent Cloud has of the event store. */
export const managedListCommand: Command<object> = async (_, { environment, use }) => {
  const { clusterId } = kurrentCloudSettings(environment);
  const clusters = use(new KurrentCloud(kurrentCloudSettings(environment)));
  const backups = await listBackups(clusters, { clusterId });
  const lines = backups.map(({ id, status, ageSeconds, sizeGb }) => [
    id,
    `${status}, ${Math.round(ageSeconds / 60)} minutes old, ${sizeGb} GB`,
  ]);
  return {
    isSound: backups.some(({ status }) => status === "available"),
    words: words(backups.length === 0 ? "Kurrent Cloud has no backup" : "backups", Object.fromEntries(lines)),
    report: { clusterId, backups },
  };
};

/** Makes a new cluster of a backup, and writes how Terraform takes it over. */
export const managedRestoreCommand: Command<ManagedRestoreOptions> = async (options, surroundings, report) => {
  const { environment, signal, use } = surroundings;
  const { backup: backupId, name, folder, stack, dryRun } = options;
  const clusters = use(new KurrentCloud(kurrentCloudSettings(environment)));
  const plan = await planRestore(clusters, { backupId, name, signal });
  if (dryRun === true) return { isSound: true, words: planInWords(plan).join("\n"), report: { plan } };
  for (const line of planInWords(plan)) report("plan", { line });
  const restored = await restore(clusters, plan, {
    ...{ folder, signal, terraform: { stack } },
    report: { onStage: (stage) => report(stage), onWaiting: (why) => report("waiting", { why }) },
  });
  const facts = {
    cluster: restored.cluster.id,
    connection: restored.connectionString,
    "read next": restored.files.join(", "),
  };
  return { isSound: true, words: words("restored into a new cluster", facts), report: facts };
};
