import { isTrueOrFalse, known, oneOf, type Rules, shape, wholeNumber } from "../core/rules";
import { EVENT_STORE_SIZES, type EventStoreSize } from "./event-store-sizes";
import { type Days, type Frequency, isCores, isDays, isMemory, isStorage, type Storage } from "./quantities";
import type { Compute } from "./sizing";

/** The seed's `infrastructure`: what stands, before anything runs on it. */
export interface Infrastructure {
  /** Where commands are handled. */
  readonly writeCluster: ClusterConfig;
  /** Where queries are answered and projections run. */
  readonly readCluster: ClusterConfig;
  /** Where the events are. */
  readonly eventStore: EventStoreConfig;
  readonly monitoring: MonitoringConfig;
}

export interface ClusterConfig {
  readonly type: "kubernetes";
  /** Nodes, 1 to 450: a managed node group's quota. They are spread evenly over the zones, a node group each. */
  readonly nodes: number;
  /** What each node has. */
  readonly resources: NodeResources;
}

/** What no instance type holds is an error that names the nearest ones. */
export interface NodeResources extends Compute {
  /** The node's own volume, 'SSD 20GB' (what the machine image needs) to 'SSD 16TB' (what gp3 holds). */
  readonly storage: Storage;
}

export interface EventStoreConfig {
  /** Run by its maker. */
  readonly type: "managed";
  /** EventStore Cloud is called Kurrent Cloud since 2025; both names mean the same service. */
  readonly provider: "EventStore Cloud" | "Kurrent Cloud";
  readonly size: EventStoreSize;
  readonly backup: BackupConfig;
}

export interface BackupConfig {
  /** How often Kurrent Cloud and AWS Backup back up, and recovery's jobs export: an hour is the least of both. */
  readonly frequency: Frequency;
  /**
   * How long a backup is kept, '1 day' to '365 days'; the database's and the cache's own, which AWS keeps no longer, for
   * at most 35. Kurrent Cloud counts backups, not days: '30 days' of hourly backups are 720, so a run that is skipped
   * makes the oldest older. Changing it replaces the backup job; the backups that the old job made are kept, and pruned
   * by nobody.
   */
  readonly retention: Days;
}

/** Each key that is false leaves nothing of it in any plan. */
export interface MonitoringConfig {
  readonly prometheus: boolean;
  readonly grafana: boolean;
  readonly elasticStack: boolean;
}

/** EKS: nodes in one managed node group. Ours: of all zones together. */
export const NODES = { min: 1, max: 450 } as const;
/** EKS: the AL2023 image takes 20 GiB. EBS: the largest gp3 volume that every Region offers has 16 TiB. */
const NODE_STORAGE = { min: "SSD 20GB", max: "SSD 16TB" } as const;
/** Ours: Kurrent documents no limit, but 8,760 hourly backups are more than anybody said works. */
const BACKUP_RETENTION = { min: "1 day", max: "365 days" } as const;

const isNodeResources = shape<NodeResources>({
  cpu: isCores,
  memory: isMemory,
  storage: isStorage(NODE_STORAGE),
});

export const CLUSTER_RULES: Rules<ClusterConfig> = {
  type: oneOf(["kubernetes"]),
  nodes: known(wholeNumber(NODES)),
  resources: isNodeResources,
};

export const EVENT_STORE_RULES: Rules<EventStoreConfig> = {
  type: oneOf(["managed"]),
  provider: oneOf(["EventStore Cloud", "Kurrent Cloud"]),
  size: oneOf(Object.keys(EVENT_STORE_SIZES)),
  backup: shape<BackupConfig>({ frequency: oneOf(["hourly", "daily"]), retention: isDays(BACKUP_RETENTION) }),
};

export const MONITORING_RULES: Rules<MonitoringConfig> = {
  prometheus: isTrueOrFalse,
  grafana: isTrueOrFalse,
  elasticStack: isTrueOrFalse,
};

export const INFRASTRUCTURE_RULES: Rules<Infrastructure> = {
  writeCluster: shape(CLUSTER_RULES),
  readCluster: shape(CLUSTER_RULES),
  eventStore: shape(EVENT_STORE_RULES),
  monitoring: shape(MONITORING_RULES),
};
