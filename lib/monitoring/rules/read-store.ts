import { like, series } from "../metrics/series";
import type { Alert } from "./alert";
import type { RuleOptions } from "./options";

const INSTANCE = "by (environment, side, dbinstance_identifier)";
const NODE = "by (environment, side, cache_cluster_id)";
const GIB = 2 ** 30;
/** Ours: RDS makes a volume larger when a tenth of it is left, up to its limit; this is where that has not helped. */
const LEAST_STORAGE_GIB = 5;
const DAYS_UNTIL_FULL = 4;
/** Ours: the seed's readers are answered by replicas. */
const REPLICA_LAG_SECONDS = 30;
const CACHE_LAG_SECONDS = 10;
/** Percent. PostgreSQL's answers get slow before all of it is taken; the cache has one core for all of them. */
const BUSY = { database: 90, cache: 80 } as const;
const CACHE_MEMORY_PERCENT = 90;
/** Ours, a minute: a key now and then goes from a cache of the right size, too. */
const EVICTIONS = 100;

const evictions = `sum ${NODE} (${series("aws_elasticache_evictions_sum")})`;

const database = (panel: number) => ({ panel: { dashboard: "cqrs-postgresql", panel } }) as const;
const cache = (panel: number) => ({ panel: { dashboard: "cqrs-redis", panel } }) as const;

const DATABASE_ALERTS: readonly Alert[] = [
  {
    name: "ReadReplicaLagging",
    severity: "warning",
    expr: `max ${INSTANCE} (${series("aws_rds_replica_lag_average")}) > ${REPLICA_LAG_SECONDS}`,
    for: "10m",
    summary: "{{ $labels.dbinstance_identifier }} is {{ $value | humanizeDuration }} behind its primary",
    description: "Queries that it answers do not show what the others do.",
    ...database(4),
    followsFrom: "read-database",
  },
  {
    name: "ReadDatabaseStorageFilling",
    severity: "warning",
    expr: `min ${INSTANCE} (predict_linear(${series("aws_rds_free_storage_space_average")}[6h], ${DAYS_UNTIL_FULL * 86_400})) < 0`,
    for: "1h",
    summary: `{{ $labels.dbinstance_identifier }} is full within ${DAYS_UNTIL_FULL} days, at the pace of the last 6 hours`,
    description: "RDS makes the volume larger by itself, up to its limit. A full one stops the database.",
    ...database(3),
  },
  {
    name: "ReadDatabaseStorageFilling",
    severity: "critical",
    expr: `min ${INSTANCE} (${series("aws_rds_free_storage_space_average")}) < ${LEAST_STORAGE_GIB * GIB}`,
    for: "10m",
    summary: "{{ $labels.dbinstance_identifier }} has {{ $value | humanize1024 }}B of storage left",
    description: "RDS has not made the volume larger, or could not. When it is full the database stops.",
    ...database(3),
  },
  {
    name: "ReadDatabaseBusy",
    severity: "warning",
    expr: `avg ${INSTANCE} (${series("aws_rds_cpuutilization_average")}) > ${BUSY.database}`,
    for: "15m",
    summary: "{{ $labels.dbinstance_identifier }} uses {{ $value | humanize }} % of its CPU",
    description: "Queries wait for each other, and projections fall behind.",
    ...database(1),
  },
];

const CACHE_ALERTS: readonly Alert[] = [
  {
    name: "CacheMemoryHigh",
    severity: "warning",
    // Full is how a cache is used: it is news only until it begins to forget, which is an alert of its own.
    expr: `max ${NODE} (${series("aws_elasticache_database_memory_usage_percentage_average")}) > ${CACHE_MEMORY_PERCENT} unless ${evictions} > 0`,
    for: "1h",
    summary: "{{ $labels.cache_cluster_id }} uses {{ $value | humanize }} % of its memory",
    description: "It will soon have to forget keys for others.",
    ...cache(1),
  },
  {
    name: "CacheEvicting",
    severity: "warning",
    expr: `${evictions} > ${EVICTIONS}`,
    for: "30m",
    summary: "{{ $labels.cache_cluster_id }} forgets {{ $value }} keys a minute for others",
    description: "What is asked for does not fit into it: more and more queries go to the database.",
    ...cache(2),
  },
  {
    name: "CacheBusy",
    severity: "warning",
    expr: `max ${NODE} (${series("aws_elasticache_engine_cpuutilization_average")}) > ${BUSY.cache}`,
    for: "15m",
    summary: "{{ $labels.cache_cluster_id }} uses {{ $value | humanize }} % of the core that answers",
    description: "One core answers all: beyond it, answers wait. More shards have more.",
    ...cache(3),
    followsFrom: "cache",
  },
  {
    name: "CacheReplicaLagging",
    severity: "warning",
    expr: `max ${NODE} (${series("aws_elasticache_replication_lag_average")}) > ${CACHE_LAG_SECONDS}`,
    for: "10m",
    summary: "{{ $labels.cache_cluster_id }} is {{ $value | humanizeDuration }} behind its primary",
    description: "What it answers is old, and what it has not got yet is lost when it takes over.",
    ...cache(6),
    followsFrom: "cache",
  },
];

/**
 * CloudWatch has nothing of what does not run. Its exporter must have asked, or all would seem to be gone. How many
 * connections are too many depends on an instance's memory and is left to the dashboard.
 */
function downAlerts({ environment }: RuleOptions): readonly Alert[] {
  const origin = { environment, side: "read" } as const;
  const wasAsked = `on (environment, side) ${series("cloudwatch_exporter_scrape_error", origin)} == 0`;
  const primary = series("aws_rds_cpuutilization_average", { ...origin, dbinstance_identifier: like(".+-primary") });
  const nodes = series("aws_elasticache_engine_cpuutilization_average", origin);
  return [
    {
      name: "ReadDatabaseDown",
      severity: "critical",
      expr: `absent(${primary}) and ${wasAsked}`,
      for: "10m",
      summary: "The read models' primary does not run",
      description: "AWS has nothing to say of it. Projections can't write; replicas answer with what they have.",
      ...database(1),
      outage: "read-database",
    },
    {
      name: "CacheDown",
      severity: "critical",
      expr: `absent(${nodes}) and ${wasAsked}`,
      for: "10m",
      summary: "No node of the cache runs",
      description:
        "AWS has nothing to say of any. Each query goes to the database, which was not made for all of them.",
      ...cache(3),
      outage: "cache",
    },
  ];
}

/** Alerts on what the read side keeps, by what AWS says of it. */
export const readStoreAlerts = (options: RuleOptions): readonly Alert[] => [
  ...downAlerts(options),
  ...DATABASE_ALERTS,
  ...CACHE_ALERTS,
];
