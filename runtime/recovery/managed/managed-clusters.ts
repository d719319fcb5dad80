import type { Waiting } from "../../keys/wrapping-keys";

export interface ManagedBackup {
  readonly id: string;
  readonly clusterId: string;
  readonly description: string;
  /** `creating`, then `available`, or `defunct` for one that failed and stays until somebody deletes it. */
  readonly status: string;
  readonly created: Date;
  readonly sizeGb: number;
  readonly serverVersion: string;
  /** Cloud that the backup is in, and can't leave: `aws`. */
  readonly provider: string;
  readonly region: string;
  /** Name of the cluster that it was made of. */
  readonly clusterName: string;
}

export interface NewBackup {
  readonly clusterId: string;
  readonly description: string;
}

/** What a cluster is made of. */
export interface ClusterShape {
  readonly networkId: string;
  readonly topology: string;
  readonly instanceType: string;
  readonly diskType: string;
  readonly diskSizeGb: number;
  readonly diskIops?: number;
  readonly diskThroughput?: number;
  readonly serverVersion: string;
  readonly projectionLevel: string;
  readonly publicAccess: boolean;
  /** Addresses that may connect to a public one. */
  readonly aclId?: string;
  /** Whether its maker refuses to delete it. */
  readonly protected: boolean;
}

export interface ManagedCluster extends ClusterShape {
  readonly id: string;
  readonly description: string;
  /** `available` once it serves. The maker adds others from time to time. */
  readonly status: string;
  readonly created: Date;
  readonly provider: string;
  readonly region: string;
}

export interface RestoredCluster extends ClusterShape {
  readonly description: string;
  readonly backupId: string;
}

export interface ManagedNetwork {
  readonly id: string;
  readonly provider: string;
  readonly region: string;
  readonly status: string;
}

/** Clusters of a managed event store, and their backups: those of one project at its maker. */
export interface ManagedClusters {
  readonly projectId: string;

  /** @throws {ManagedStoreRefusal} @throws {ManagedStoreUnavailableError} as all of these */
  cluster(id: string, waiting?: Waiting): Promise<ManagedCluster>;
  clusters(waiting?: Waiting): Promise<readonly ManagedCluster[]>;
  network(id: string, waiting?: Waiting): Promise<ManagedNetwork>;
  backup(id: string, waiting?: Waiting): Promise<ManagedBackup>;
  backups(waiting?: Waiting): Promise<readonly ManagedBackup[]>;

  /**
   * Begins a backup, and gives its id. It is never asked for twice: when this fails with `ManagedStoreUnavailableError`,
   * a backup may have been begun or not.
   */
  createBackup(backup: NewBackup, waiting?: Waiting): Promise<string>;
  /** Begins a cluster of a backup, and gives its id. It is never asked for twice, as a backup isn't. */
  createCluster(cluster: RestoredCluster, waiting?: Waiting): Promise<string>;
}

/** Why a question was refused. `locked`: something else is being done to the cluster. */
export type RefusalReason = "unauthorized" | "forbidden" | "missing" | "locked" | "precondition" | "invalid";

/** The maker of the managed event store understood, and refuses. */
export class ManagedStoreRefusal extends Error {
  override readonly name = "ManagedStoreRefusal";

  /**
   * @param what was asked, without ids.
   * @param detail in the maker's own words, for the log.
   */
  constructor(
    what: string,
    readonly reason: RefusalReason,
    readonly status: number,
    readonly detail?: string,
  ) {
    super(`${what}: refused with ${status} (${reason})`);
  }
}

/** The managed event store, or its maker, did not answer, or not as it should. */
export class ManagedStoreUnavailableError extends Error {
  override readonly name = "ManagedStoreUnavailableError";

  /** @param cause for the log: it may name hosts. */
  constructor(what: string, cause: unknown) {
    super(`${what}: no answer that can be used`, { cause });
  }
}
