import type { Waiting } from "../../keys/wrapping-keys";
import type { ManagedBackup, ManagedClusters } from "./managed-clusters";

export interface ListedBackup extends ManagedBackup {
  readonly ageSeconds: number;
}

export interface ListingOptions extends Waiting {
  /** Of this cluster alone. @default - of all of the project, those that are gone too */
  readonly clusterId?: string;
  /** @default - now */
  readonly now?: () => Date;
}

/** Backups as their maker has them, the newest first. Those that failed are in it, too: they cost, and nobody deletes them. */
export async function listBackups(
  clusters: ManagedClusters,
  { clusterId, now = () => new Date(), signal }: ListingOptions = {},
): Promise<readonly ListedBackup[]> {
  const backups = await clusters.backups({ signal });
  return backups
    .filter((backup) => clusterId === undefined || backup.clusterId === clusterId)
    .map((backup) => ({ ...backup, ageSeconds: Math.round((now().getTime() - backup.created.getTime()) / 1000) }))
    .sort((one, other) => one.ageSeconds - other.ageSeconds);
}
