import { ElasticacheParameterGroup } from "@cdktf/provider-aws/lib/elasticache-parameter-group";
import { ElasticacheReplicationGroup } from "@cdktf/provider-aws/lib/elasticache-replication-group";
import { ElasticacheSubnetGroup } from "@cdktf/provider-aws/lib/elasticache-subnet-group";
import { Token } from "cdktf";
import { Construct } from "constructs";
import { type CacheResources, defaultCacheResources, isCacheResources } from "../config/read-store";
import { Generation } from "../core/generation";
import { nameOf, takeName } from "../core/names";
import { checkProps, isTrueOrFalse, oneOf, optional, type Relation, type Rules, wholeNumber } from "../core/rules";
import { isDailyWindow, isWeeklyWindow, overlapProblems } from "../core/windows";
import { Firewall } from "../network/firewall";
import { type NetworkAttributes, networkWith } from "../network/network";
import { type KeyArns, keysFor } from "../security/encryption-keys";
import { ServiceLogGroup } from "../security/service-log-group";
import { versionMovedByAws } from "./engine-version";
import {
  isRedisVersion,
  REDIS_ENGINES,
  type RedisEngine,
  type RedisVersion,
  redisEngineOf,
  VERSION_OF_ENGINE,
} from "./redis-engine";
import { RedisUsers } from "./redis-users";

export interface RedisClusterProps {
  /** The replication group's name, at most 32 lower-case letters, digits and single hyphens. A changed name is a new, empty cache. */
  readonly name: string;
  readonly network: Pick<NetworkAttributes, "vpcId" | "dataSubnetIds">;
  /** Keys of the cache and of its logs. */
  readonly keys: Pick<KeyArns, "cache" | "logs">;
  /** Cluster mode: the keys are spread over shards, and clients must speak the cluster protocol. A change is a new, empty cache. */
  readonly cluster: boolean;
  /** Redis can become Valkey, with an `engineVersion` such as '8.2'; the way back is a new, empty cache. @default 'valkey' */
  readonly engine?: RedisEngine;
  /**
   * A major version such as '8', whose minor versions ElastiCache moves; or one minor version such as '9.1', to which
   * Terraform upgrades the cache at once and which ElastiCache leaves as it is. A lower one than runs is a new, empty
   * cache. @default '8' of Valkey, '7' of Redis
   */
  readonly engineVersion?: RedisVersion;
  /** @default three shards in cluster mode, otherwise one, of cache.r7g.large with one replica */
  readonly resources?: CacheResources;
  /** Days that a daily snapshot is kept, 1 to 35. @default 30 */
  readonly snapshotRetentionDays?: number;
  /** Daily, UTC, at least an hour. @default '03:00-04:00' */
  readonly snapshotWindow?: string;
  /** Weekly, UTC, at least an hour. @default 'sun:05:00-sun:06:00' */
  readonly maintenanceWindow?: string;
  /** Whether Terraform refuses to destroy the cache; ElastiCache itself has no such guard. @default true */
  readonly deletionProtection?: boolean;
}

/** ElastiCache: days of daily snapshots; 0 would end them. */
export const SNAPSHOT_RETENTION_DAYS = { min: 1, max: 35 } as const;
/** ElastiCache: the shortest snapshot and maintenance windows. */
const MIN_WINDOW_MINUTES = 60;
const DEFAULT_WINDOWS = { snapshot: "03:00-04:00", maintenance: "sun:05:00-sun:06:00" } as const;

const RULES: Rules<RedisClusterProps> = {
  name: nameOf("ElastiCache user", "-default"),
  network: networkWith("vpcId", "dataSubnetIds"),
  keys: keysFor("cache", "logs"),
  cluster: isTrueOrFalse,
  engine: optional(oneOf(REDIS_ENGINES)),
  engineVersion: optional(isRedisVersion),
  resources: optional(isCacheResources),
  snapshotRetentionDays: optional(wholeNumber(SNAPSHOT_RETENTION_DAYS)),
  snapshotWindow: optional(isDailyWindow(MIN_WINDOW_MINUTES)),
  maintenanceWindow: optional(isWeeklyWindow(MIN_WINDOW_MINUTES)),
  deletionProtection: optional(isTrueOrFalse),
};

const SHARDS: Relation<RedisClusterProps> = {
  between: ["cluster", "resources"],
  problemsOf({ cluster, resources }, path) {
    const shards = resources?.shards ?? 1;
    return cluster || shards === 1 || Token.isUnresolved(shards)
      ? []
      : [{ path: `${path}.resources.shards`, message: `must be 1 without cluster mode, got ${shards}` }];
  },
};

const WINDOWS: Relation<RedisClusterProps> = {
  between: ["snapshotWindow", "maintenanceWindow"],
  problemsOf: ({ snapshotWindow = DEFAULT_WINDOWS.snapshot, maintenanceWindow = DEFAULT_WINDOWS.maintenance }, path) =>
    overlapProblems(maintenanceWindow, snapshotWindow, "snapshotWindow", path),
};

const PORT = 6379;
/** AWS: part of each node's memory that is kept for snapshots and failover; 25 is its own advice. */
const RESERVED_MEMORY_PERCENT = "25";
/** A full cache forgets what was used least, whether or not it was to expire: it is never the only place of anything. */
const EVICTION = "allkeys-lru";

const LOGS = [
  ["SlowLog", "slow-log"],
  ["EngineLog", "engine-log"],
] as const;

/**
 * ElastiCache over several zones that fails over by itself: encrypted at rest and on the way, its users known to IAM.
 * Nobody gets in but by `allowFrom`.
 */
export class RedisCluster extends Construct {
  /** Host name: of the configuration in cluster mode, otherwise of the primary. */
  readonly endpoint: string;
  /** Host name that spreads reads over the replicas; cluster mode has none, its clients know the replicas. */
  readonly readerEndpoint?: string;
  readonly port = PORT;
  /** Whom clients sign in as, with an IAM token for a password. */
  readonly userName: string;
  /** Together with `replicationGroupArn` what `elasticache:Connect` must be allowed for. */
  readonly userArn: string;
  /** What each key must begin with. */
  readonly keyPrefix: string;
  readonly replicationGroupArn: string;
  readonly securityGroupId: string;

  private readonly firewall: Firewall;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: RedisClusterProps) {
    super(scope, id);
    props = checkProps(this, props, RULES, VERSION_OF_ENGINE, SHARDS, WINDOWS);
    takeName(this, "ElastiCache replication group", props.name);
    const { name, network, keys, cluster, deletionProtection = true } = props;
    const { nodeType, shards, replicasPerShard } = props.resources ?? defaultCacheResources(cluster);
    const { engine, engineVersion, isMinor, initialVersion, family } = redisEngineOf(props);
    const mode = cluster ? "cluster" : "single";

    this.firewall = new Firewall(this, "Firewall", {
      name: `${name}-redis`,
      description: `Cache ${name}`,
      vpcId: network.vpcId,
      port: PORT,
    });
    this.securityGroupId = this.firewall.securityGroupId;
    const subnetGroup = new ElasticacheSubnetGroup(this, "SubnetGroup", {
      name,
      description: `Data subnets of ${name}`,
      subnetIds: [...network.dataSubnetIds],
    });
    // There is no name_prefix. Family and mode can't change in place: in the name, they make a second group beside the first.
    const parameterGroup = new ElasticacheParameterGroup(this, "ParameterGroup", {
      name: `${name}-${family}-${mode}`,
      description: `${family} of ${name}`,
      family,
      parameter: [
        { name: "cluster-enabled", value: cluster ? "yes" : "no" },
        { name: "maxmemory-policy", value: EVICTION },
        { name: "reserved-memory-percent", value: RESERVED_MEMORY_PERCENT },
      ],
      lifecycle: { createBeforeDestroy: true },
    });
    const users = new RedisUsers(this, "Users", { name, engine });
    const logs = LOGS.map(([logId, log]) => {
      const group = new ServiceLogGroup(this, logId, {
        name: `/aws/elasticache/${name}/${log}`,
        keyArn: keys.logs,
        deletionProtection,
      });
      return { logType: log, logFormat: "json", destinationType: "cloudwatch-logs", destination: group.name };
    });

    // ElastiCache can't take a group out of cluster mode, nor into it in one step: another mode is another group.
    const replicationGroupId = cluster ? name : `${name}-single`;
    const generation = new Generation(this, "Generation", { replicationGroupId, keyArn: keys.cache });
    const group = new ElasticacheReplicationGroup(this, "Resource", {
      replicationGroupId,
      description: `Cache ${name}`,
      engine,
      engineVersion: initialVersion,
      nodeType,
      port: PORT,
      parameterGroupName: parameterGroup.name,
      subnetGroupName: subnetGroup.name,
      securityGroupIds: [this.securityGroupId],
      clusterMode: cluster ? "enabled" : "disabled",
      numNodeGroups: shards,
      replicasPerNodeGroup: replicasPerShard,
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
      // The provider takes this one and autoMinorVersionUpgrade as texts.
      atRestEncryptionEnabled: "true",
      kmsKeyId: keys.cache,
      transitEncryptionEnabled: true,
      transitEncryptionMode: "required",
      userGroupIds: [users.groupId],
      logDeliveryConfiguration: logs,
      autoMinorVersionUpgrade: `${!isMinor}`,
      // An upgrade of the major version that waits for the window leaves the old parameter group in use, which can't go.
      applyImmediately: isMinor,
      maintenanceWindow: props.maintenanceWindow ?? DEFAULT_WINDOWS.maintenance,
      snapshotWindow: props.snapshotWindow ?? DEFAULT_WINDOWS.snapshot,
      snapshotRetentionLimit: props.snapshotRetentionDays ?? 30,
      finalSnapshotIdentifier: `${name}-final-${generation.suffix}`,
      lifecycle: {
        preventDestroy: deletionProtection,
        ...(!isMinor && versionMovedByAws(engineVersion, `${this.node.path}.engineVersion`)),
      },
    });
    this.endpoint = cluster ? group.configurationEndpointAddress : group.primaryEndpointAddress;
    this.readerEndpoint = cluster ? undefined : group.readerEndpointAddress;
    this.userName = users.userName;
    this.userArn = users.userArn;
    this.keyPrefix = users.keyPrefix;
    this.replicationGroupArn = group.arn;
  }

  /** Lets a security group's members in; `id` names them and is part of the rule's address. */
  allowFrom(id: string, securityGroupId: string): void {
    this.firewall.allowFrom(id, securityGroupId);
  }
}
