import type { ManagedCluster, ManagedClusters } from "./managed-clusters";
import { FailedAtMakerError, isGone, type Watching } from "./progress";
import { checkPlace, connectionStringOf, restoreFiles, type TerraformPlace } from "./restore-files";
import type { RestorePlan } from "./restore-plan";
import { Watch } from "./watch";
import { writeWhole } from "./whole-files";

/** Each begins where the one before it has ended. */
export const RESTORE_STAGES = ["looking", "beginning", "watching", "writing", "restored"] as const;
export type RestoreStage = (typeof RESTORE_STAGES)[number];

export interface RestoreOptions extends Watching<RestoreStage> {
  /** Where what a person needs next is written. It is made. */
  readonly folder: string;
  readonly terraform: TerraformPlace;
}

export interface Restored {
  readonly cluster: ManagedCluster;
  readonly connectionString: string;
  /** Paths of what was written. */
  readonly files: readonly string[];
}

/**
 * Makes what a plan of `planRestore` says and waits until it serves; then writes how Terraform takes it over. A run that was
 * killed is repeated: the next one finds the cluster by its name, which has the backup's id in it, and goes on.
 * @throws {FailedAtMakerError} when its maker gave it up: another run begins another.
 * @throws {WatchingLimitError} @throws {ManagedStoreRefusal}
 */
export async function restore(
  clusters: ManagedClusters,
  plan: RestorePlan,
  options: RestoreOptions,
): Promise<Restored> {
  const { signal, folder, terraform } = options;
  checkPlace(terraform);
  const watch = new Watch("cluster", options);

  watch.begin("looking");
  const id = await watch.createOnce("beginning", {
    find: async () => {
      const named = (await clusters.clusters({ signal })).filter(
        ({ description, status }) => description === plan.cluster.description && !isGone(status),
      );
      return named.toSorted((one, other) => one.created.getTime() - other.created.getTime())[0]?.id;
    },
    create: () => clusters.createCluster(plan.cluster, { signal }),
  });

  watch.begin("watching");
  const cluster = await watch.until(async () => {
    const seen = await clusters.cluster(id, { signal });
    if (isGone(seen.status)) throw new FailedAtMakerError("cluster", id, seen.status);
    return seen.status === "available" ? seen : `the cluster is ${seen.status}`;
  });

  watch.begin("writing");
  const files = await writeWhole(folder, restoreFiles(plan, cluster, clusters.projectId, terraform));
  watch.begin("restored");
  return { cluster, connectionString: connectionStringOf(id), files };
}
