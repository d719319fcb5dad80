import type { ManagedBackup, ManagedClusters } from "./managed-clusters";
import { FailedAtMakerError, isGone, type Watching } from "./progress";
import { Watch } from "./watch";

/** Each begins where the one before it has ended. */
export const BACKUP_STAGES = ["looking", "beginning", "watching", "available"] as const;
export type BackupStage = (typeof BACKUP_STAGES)[number];

export interface BackupOptions extends Watching<BackupStage> {
  readonly clusterId: string;
  /** By which another run finds this backup again: one name is one backup. Letters, digits, ' ', '.', '_', ':' and '-'. */
  readonly name: string;
}

/** Kurrent fills in braces in a description, which would then be another than the one looked for. */
const NAME = /^(?=\S)[\w .:-]{1,99}[\w.:-]$/;

/**
 * Backs a cluster up and waits until the backup can be restored. A run that was killed is repeated: the next one finds the
 * backup by its name and watches on. A cluster has one backup made at a time; while another is, this one waits and says so.
 * @throws {FailedAtMakerError} when its maker gave it up: another run begins another.
 * @throws {WatchingLimitError} @throws {ManagedStoreRefusal} @throws {RangeError} for a name that is none.
 */
export async function backupNow(clusters: ManagedClusters, options: BackupOptions): Promise<ManagedBackup> {
  const { clusterId, name, signal } = options;
  if (!NAME.test(name))
    throw new RangeError(`name: must be letters, digits, ' ', '.', '_', ':' and '-', got ${JSON.stringify(name)}`);
  const watch = new Watch("backup", options);
  const ofCluster = async () =>
    (await clusters.backups({ signal })).filter((backup) => backup.clusterId === clusterId && !isGone(backup.status));

  watch.begin("looking");
  const id = await watch.createOnce("beginning", {
    find: async () => oldestOf((await ofCluster()).filter(({ description }) => description === name))?.id,
    whyNot: async () => {
      const { status } = await clusters.cluster(clusterId, { signal });
      if (isGone(status)) throw new FailedAtMakerError("cluster", clusterId, status);
      // Kurrent may also take it, and then call the backup defunct.
      if (status !== "available") return `the cluster is ${status}`;
      const isLocked = (await ofCluster()).some((backup) => backup.status === "creating");
      return isLocked ? "another backup of the cluster is being made, and it has one at a time" : undefined;
    },
    create: () => clusters.createBackup({ clusterId, description: name }, { signal }),
  });

  watch.begin("watching");
  const backup = await watch.until(async () => {
    const seen = await clusters.backup(id, { signal });
    if (isGone(seen.status)) throw new FailedAtMakerError("backup", id, seen.status);
    return seen.status === "available" ? seen : `the backup is ${seen.status}`;
  });
  watch.begin("available");
  return backup;
}

/** Two runs at the same moment may have begun two of one name: both go by the same one. */
const oldestOf = (backups: readonly ManagedBackup[]): ManagedBackup | undefined =>
  backups.toSorted((one, other) => one.created.getTime() - other.created.getTime())[0];
