import { ANY, type Metric } from "./metric";

/** One metric of CloudWatch: as AWS names it, and what of it is asked for. */
export interface CloudWatchMetric extends Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly string[];
  readonly statistic: "Average" | "Maximum" | "Sum";
}

const RDS = {
  type: "gauge",
  namespace: "AWS/RDS",
  dimensions: ["DBInstanceIdentifier"],
  labels: { exported_job: ANY, dbinstance_identifier: ANY },
} as const;
const CACHE = {
  type: "gauge",
  namespace: "AWS/ElastiCache",
  dimensions: ["CacheClusterId", "CacheNodeId"],
  labels: { exported_job: ANY, cache_cluster_id: ANY, cache_node_id: ANY },
} as const;
const BALANCER = {
  type: "gauge",
  namespace: "AWS/NetworkELB",
  labels: { exported_job: ANY, load_balancer: ANY },
} as const;
const TARGETS = {
  ...BALANCER,
  dimensions: ["LoadBalancer", "TargetGroup"],
  labels: { ...BALANCER.labels, target_group: ANY },
} as const;

/**
 * What AWS runs, from CloudWatch: it sees the machines, their disks and their replication, which no exporter beside
 * them could, and none of our passwords is needed. What is inside the databases, such as locks, it does not see.
 * All are gauges, of the last minute that AWS has finished.
 */
export const CLOUDWATCH_METRICS = {
  aws_rds_cpuutilization_average: {
    ...RDS,
    help: "Percent of an instance's CPU",
    name: "CPUUtilization",
    statistic: "Average",
  },
  aws_rds_freeable_memory_average: {
    ...RDS,
    help: "Bytes of memory that are free",
    name: "FreeableMemory",
    statistic: "Average",
  },
  aws_rds_free_storage_space_average: {
    ...RDS,
    help: "Bytes of the volume that are free",
    name: "FreeStorageSpace",
    statistic: "Average",
  },
  aws_rds_database_connections_average: {
    ...RDS,
    help: "Connections",
    name: "DatabaseConnections",
    statistic: "Average",
  },
  aws_rds_replica_lag_average: {
    ...RDS,
    help: "Seconds that a replica is behind",
    name: "ReplicaLag",
    statistic: "Average",
  },
  aws_rds_read_latency_average: { ...RDS, help: "Seconds of a read", name: "ReadLatency", statistic: "Average" },
  aws_rds_write_latency_average: { ...RDS, help: "Seconds of a write", name: "WriteLatency", statistic: "Average" },
  aws_rds_read_iops_average: { ...RDS, help: "Reads a second", name: "ReadIOPS", statistic: "Average" },
  aws_rds_write_iops_average: { ...RDS, help: "Writes a second", name: "WriteIOPS", statistic: "Average" },
  aws_elasticache_engine_cpuutilization_average: {
    ...CACHE,
    help: "Percent of the one core that answers",
    name: "EngineCPUUtilization",
    statistic: "Average",
  },
  aws_elasticache_database_memory_usage_percentage_average: {
    ...CACHE,
    help: "Percent of the memory for data",
    name: "DatabaseMemoryUsagePercentage",
    statistic: "Average",
  },
  aws_elasticache_evictions_sum: {
    ...CACHE,
    help: "Keys that had to go for others, in a minute",
    name: "Evictions",
    statistic: "Sum",
  },
  aws_elasticache_cache_hits_sum: {
    ...CACHE,
    help: "Keys that were found, in a minute",
    name: "CacheHits",
    statistic: "Sum",
  },
  aws_elasticache_cache_misses_sum: {
    ...CACHE,
    help: "Keys that were not, in a minute",
    name: "CacheMisses",
    statistic: "Sum",
  },
  aws_elasticache_curr_connections_average: {
    ...CACHE,
    help: "Connections",
    name: "CurrConnections",
    statistic: "Average",
  },
  aws_elasticache_replication_lag_average: {
    ...CACHE,
    help: "Seconds that a replica is behind",
    name: "ReplicationLag",
    statistic: "Average",
  },
  aws_networkelb_healthy_host_count_average: {
    ...TARGETS,
    help: "Nodes that take requests",
    name: "HealthyHostCount",
    statistic: "Average",
  },
  aws_networkelb_active_flow_count_average: {
    ...BALANCER,
    dimensions: ["LoadBalancer"],
    help: "Connections",
    name: "ActiveFlowCount",
    statistic: "Average",
  },
  aws_networkelb_processed_bytes_sum: {
    ...BALANCER,
    dimensions: ["LoadBalancer"],
    help: "Bytes in both directions, in a minute",
    name: "ProcessedBytes",
    statistic: "Sum",
  },
} as const satisfies Readonly<Record<string, CloudWatchMetric>>;

/** Of the exporter itself. */
export const CLOUDWATCH_EXPORTER_METRICS = {
  cloudwatch_exporter_scrape_error: { type: "gauge", help: "1 where CloudWatch could not be asked", labels: {} },
} as const satisfies Readonly<Record<string, Metric>>;
