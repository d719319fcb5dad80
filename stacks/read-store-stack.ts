import type { Construct } from "constructs";
import type { ReadDatabases } from "../lib/config/architecture";
import { type Days, daysOf } from "../lib/config/quantities";
import { DEFAULT_DATABASE, type ReadStoreConfig } from "../lib/config/read-store";
import { instanceTypeFor, RDS } from "../lib/config/sizing";
import { BACKUP_RETENTION_DAYS, PostgresDatabase } from "../lib/data/postgres-database";
import { RedisCluster, SNAPSHOT_RETENTION_DAYS } from "../lib/data/redis-cluster";
import type { NetworkAttributes } from "../lib/network/network";
import type { KeyArns } from "../lib/security/encryption-keys";
import { PlatformStack, type PlatformStackProps } from "./platform-stack";

export interface ReadStoreStackProps extends PlatformStackProps {
  /** The architecture's `readSide.readDatabases`. */
  readonly readDatabases: ReadDatabases;
  readonly readStore?: ReadStoreConfig;
  /** How long each moment of the database and each day's snapshot of the cache are kept, at most 35 days. @default '30 days' */
  readonly retention?: Days;
  readonly network: NetworkAttributes;
  readonly keys: KeyArns;
  /** Security groups of those who may connect, by names that are part of the rules' addresses: `{ ReadCluster: … }`. */
  readonly clients: Readonly<Record<string, string>>;
}

/** The read models and their cache. */
export class ReadStoreStack extends PlatformStack {
  readonly database: PostgresDatabase;
  readonly cache: RedisCluster;

  constructor(scope: Construct, props: ReadStoreStackProps) {
    super(scope, "read-store", props);
    const { environment, region, readDatabases, readStore, network, keys, clients, deletionProtection } = props;
    const days = daysOf(props.retention ?? "30 days") ?? 0;

    this.database = new PostgresDatabase(this, "Database", {
      name: `${environment}-read`,
      network,
      keys,
      replicas: readDatabases.primary.replicas,
      resources: readStore?.database,
      instanceClass: readStore?.instanceClass ?? instanceTypeFor(readStore?.database ?? DEFAULT_DATABASE, RDS, region),
      engineVersion: readStore?.versions?.postgres,
      passwordVersion: readStore?.passwordVersion,
      backupRetentionDays: Math.min(days, BACKUP_RETENTION_DAYS.max),
      deletionProtection,
    });
    this.cache = new RedisCluster(this, "Cache", {
      name: `${environment}-read-cache`,
      network,
      keys,
      cluster: readDatabases.cache.cluster,
      resources: readStore?.cache,
      engineVersion: readStore?.versions?.valkey,
      snapshotRetentionDays: Math.min(days, SNAPSHOT_RETENTION_DAYS.max),
      deletionProtection,
    });
    for (const [id, securityGroupId] of Object.entries(clients)) {
      this.database.allowFrom(id, securityGroupId);
      this.cache.allowFrom(id, securityGroupId);
    }
    this.databaseOutputs();
    this.cacheOutputs();
  }

  private databaseOutputs(): void {
    const { database } = this;
    this.output("database_endpoint", "Host of the primary, which takes writes", database.endpoint);
    this.output("database_port", "Port of primary and replicas", database.port);
    this.output("database_name", "Database of the read models", database.databaseName);
    this.output("database_replica_addresses", "Hosts of the replicas, for reads", database.replicaAddresses);
    this.output("database_arn", "The primary, for backups", database.arn);
    this.output("database_resource_id", "The primary in IAM's rds-db:connect", database.resourceId);
    this.output(
      "database_replica_resource_ids",
      "The replicas in IAM's rds-db:connect, in their addresses' order",
      database.replicaResourceIds,
    );
    this.output("database_secret_arn", "Secret with the master's password, for emergencies", database.secretArn);
    this.output("database_security_group_id", "Group in front of the database", database.securityGroupId);
  }

  private cacheOutputs(): void {
    const { cache } = this;
    this.output("cache_endpoint", "Host of the cache; TLS alone", cache.endpoint);
    if (cache.readerEndpoint !== undefined) {
      this.output("cache_reader_endpoint", "Host that spreads reads over the replicas", cache.readerEndpoint);
    }
    this.output("cache_port", "Port of the cache", cache.port);
    this.output("cache_user_name", "User of the cache, who signs in with an IAM token", cache.userName);
    this.output("cache_user_arn", "The user in IAM's elasticache:Connect", cache.userArn);
    this.output("cache_key_prefix", "What each key of that user begins with", cache.keyPrefix);
    this.output("cache_arn", "The cache in IAM's elasticache:Connect", cache.replicationGroupArn);
    this.output("cache_security_group_id", "Group in front of the cache", cache.securityGroupId);
  }
}
