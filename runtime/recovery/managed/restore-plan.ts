import type { Waiting } from "../../keys/wrapping-keys";
import {
  type ClusterShape,
  type ManagedBackup,
  type ManagedCluster,
  type ManagedClusters,
  type ManagedNetwork,
  ManagedStoreRefusal,
  type RestoredCluster,
} from "./managed-clusters";
import { isGone } from "./progress";
import { isWhole, shapeProblems } from "./shape-problems";

export interface RestoreWish extends Waiting {
  readonly backupId: string;
  /** Beginning of the new cluster's name; the backup's id follows. @default - the name of the backup's cluster */
  readonly name?: string;
  /** What is to be another than at the backup's cluster. All of it where that cluster is no more. @default - nothing */
  readonly shape?: Partial<ClusterShape>;
}

/** What a restore will do, to be looked at before it is done. */
export interface RestorePlan {
  readonly backup: ManagedBackup;
  readonly cluster: RestoredCluster;
  /** The cluster that the backup was made of, where it still is. It is left as it is. */
  readonly source?: ManagedCluster;
  /** What an earlier run has begun and this one goes on with. */
  readonly begun?: ManagedCluster;
}

/** A restore that can't be, with all that is wrong with it. */
export class RestoreRefusedError extends Error {
  override readonly name = "RestoreRefusedError";

  constructor(readonly problems: readonly string[]) {
    super(problems.join("; "));
  }
}

/** As our construct has it, so that Terraform can take the name over. */
const NAME = /^(?=\S)[\w .-]{1,60}$/;

/**
 * Looks at what is there, and says what a restore will make: always a new cluster, with another id and another host name, in
 * the cloud and the Region that the backup is in.
 * @throws {RestoreRefusedError} @throws {ManagedStoreRefusal} @throws {ManagedStoreUnavailableError}
 */
export async function planRestore(clusters: ManagedClusters, wish: RestoreWish): Promise<RestorePlan> {
  const { signal } = wish;
  const backup = await clusters.backup(wish.backupId, { signal });
  const source = await unlessMissing(clusters.cluster(backup.clusterId, { signal }));
  const name = wish.name ?? backup.clusterName;
  const shape: Partial<ClusterShape> = {
    ...(source && shapeOf(source)),
    ...wish.shape,
    serverVersion: wish.shape?.serverVersion ?? backup.serverVersion,
  };
  const description = `${name} from ${backup.id}`;
  const begun = (await clusters.clusters({ signal })).find(
    (cluster) => cluster.description === description && !isGone(cluster.status),
  );
  const network =
    shape.networkId === undefined ? undefined : await unlessMissing(clusters.network(shape.networkId, { signal }));

  const problems = [
    ...(NAME.test(name) ? [] : [`name: must be letters, digits, ' ', '.', '_' and '-', at most 60`]),
    ...(backup.status === "available" ? [] : [`backup: must be available, is ${backup.status}`]),
    ...shapeProblems(shape, backup),
    ...networkProblems(network, shape.networkId, backup),
    ...(begun === undefined ? [] : differences(begun, shape)),
  ];
  if (problems.length > 0 || !isWhole(shape)) throw new RestoreRefusedError(problems);
  return { backup, cluster: { ...shape, description, backupId: backup.id }, source, begun };
}

/** The plan in words, a sentence a line. */
export function planInWords({ backup, cluster, source, begun }: RestorePlan): readonly string[] {
  const disk = [
    `${cluster.diskType} of ${cluster.diskSizeGb} GB`,
    ...(cluster.diskIops === undefined ? [] : [`${cluster.diskIops} IOPS`]),
    ...(cluster.diskThroughput === undefined ? [] : [`${cluster.diskThroughput} MB/s`]),
  ];
  const { topology, instanceType, serverVersion, projectionLevel, networkId } = cluster;
  return [
    `Backup ${backup.id} '${backup.description}' of ${backup.created.toISOString()}: ${backup.sizeGb} GB, version ${backup.serverVersion}.`,
    begun === undefined
      ? `A new cluster '${cluster.description}' is made of it.`
      : `The cluster ${begun.id} '${cluster.description}', which an earlier run has begun, is waited for.`,
    `It is ${topology} ${instanceType} with ${disk.join(", ")}, version ${serverVersion}, projections ${projectionLevel}.`,
    `It is in network ${networkId}, ${backup.provider} ${backup.region}, ${cluster.publicAccess ? "open to its access list" : "private"}.`,
    "What was written after the backup is not in it. Users and their passwords are those of the backup.",
    source === undefined
      ? "The cluster that the backup was made of is no more."
      : `The cluster ${source.id} '${source.description}' stays as it is, and is paid for, until somebody deletes it.`,
  ];
}

async function unlessMissing<Found>(found: Promise<Found>): Promise<Found | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof ManagedStoreRefusal && error.reason === "missing") return undefined;
    throw error;
  }
}

const shapeOf = (cluster: ManagedCluster): ClusterShape => ({
  networkId: cluster.networkId,
  topology: cluster.topology,
  instanceType: cluster.instanceType,
  diskType: cluster.diskType,
  diskSizeGb: cluster.diskSizeGb,
  diskIops: cluster.diskIops,
  diskThroughput: cluster.diskThroughput,
  serverVersion: cluster.serverVersion,
  projectionLevel: cluster.projectionLevel,
  publicAccess: cluster.publicAccess,
  aclId: cluster.aclId,
  protected: cluster.protected,
});

function networkProblems(network: ManagedNetwork | undefined, id: string | undefined, backup: ManagedBackup) {
  if (id === undefined) return [];
  if (network === undefined) return ["networkId: must be a network of the project, got another"];
  const isThere = network.provider === backup.provider && network.region === backup.region;
  return [
    ...(network.status === "available" ? [] : [`networkId: must be of an available network, is ${network.status}`]),
    ...(isThere
      ? []
      : [
          `networkId: must be in ${backup.provider} ${backup.region}, where the backup is, got ${network.provider} ${network.region}`,
        ]),
  ];
}

/** What an earlier run began is gone on with only if it is what is wanted now. */
function differences(begun: ManagedCluster, wanted: Partial<ClusterShape>): readonly string[] {
  const lower = (value: unknown) => `${value}`.toLowerCase();
  return (["networkId", "topology", "instanceType", "diskSizeGb"] as const).flatMap((key) =>
    lower(begun[key]) === lower(wanted[key])
      ? []
      : [
          `${key}: must be ${begun[key]}, as the cluster that an earlier run has begun, got ${wanted[key]}; or give another name`,
        ],
  );
}
