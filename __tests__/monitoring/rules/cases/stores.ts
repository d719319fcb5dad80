import { series } from "../../../../lib/monitoring/metrics/series";
import { type AlertCase, growing, level, missing, READ, steady, stopping, WRITE } from "./case";

const node = (instance: string) => ({ ...WRITE, job: "event-store", instance });
const MIB = 2 ** 20;
const GIB = 2 ** 30;
const subscription = { event_stream_id: "$ce-order", group_name: "mails" };

export const EVENT_STORE_CASES: readonly AlertCase[] = [
  {
    name: "EventStoreDown",
    severity: "critical",
    series: {
      [series("up", node("a"))]: level(1, 0),
      [series("up", node("b"))]: level(1, 0),
      // One more that does not answer, all the time.
      [series("up", node("c"))]: steady(0),
      // Commands fail with it; were they to succeed, it would be there.
      [series("cqrs_command_total", { ...WRITE, command_type: "PlaceOrder", status: "success" })]: growing(5, 0),
    },
    labels: WRITE,
    summary: "The event store does not answer",
  },
  {
    name: "EventStoreWithoutLeader",
    severity: "critical",
    series: {
      [series("up", node("a"))]: steady(1),
      [series("kurrentdb_statuses", { ...node("a"), name: "Node", status: "Leader" })]: stopping(),
      [series("kurrentdb_statuses", { ...node("a"), name: "Node", status: "Follower" })]: growing(60, 60),
    },
    labels: WRITE,
    summary: "No node of the event store leads",
  },
  {
    name: "EventStoreReadersBlocked",
    severity: "critical",
    series: {
      [series("cqrs_event_store_unreadable_seconds", { ...WRITE, pod: "a" })]: level(0.02, 120),
      // One that has not asked since.
      [series("cqrs_event_store_unreadable_seconds", { ...WRITE, pod: "b" })]: steady(59),
    },
    labels: WRITE,
    summary: "No reader gets events that were committed 2m 0s ago",
  },
  {
    name: "EventStoreNodeDown",
    severity: "warning",
    series: { [series("up", node("a"))]: steady(1), [series("up", node("b"))]: level(1, 0) },
    labels: { ...WRITE, instance: "b" },
    summary: "The event store's node b does not answer",
  },
  {
    name: "EventStoreNodeBehind",
    severity: "warning",
    series: {
      [series("kurrentdb_checkpoints", { ...node("a"), name: "writer" })]: steady(500 * MIB),
      [series("kurrentdb_checkpoints", { ...node("b"), name: "writer" })]: level(400 * MIB, 300 * MIB),
    },
    labels: { ...WRITE, instance: "b" },
    summary: "The event store's node b is 200MiB behind",
  },
  ...(
    [
      ["warning", 0.8, 0.81, "81%"],
      ["critical", 0.9, 0.95, "95%"],
    ] as const
  ).map(
    ([severity, good, bad, shown]): AlertCase => ({
      name: "EventStoreDiskFilling",
      severity,
      series: {
        [series("kurrentdb_sys_disk_bytes", { ...node("a"), disk: "/data", kind: "total" })]: steady(100),
        [series("kurrentdb_sys_disk_bytes", { ...node("a"), disk: "/data", kind: "used" })]: level(
          good * 100,
          bad * 100,
        ),
      },
      labels: { ...WRITE, instance: "a" },
      summary: `The disk of the event store's node a is ${shown} full`,
    }),
  ),
  {
    name: "EventStoreMessagesParked",
    severity: "warning",
    series: {
      [series("kurrentdb_persistent_sub_parked_messages", { ...node("a"), ...subscription })]: level(0, 2),
      [series("kurrentdb_persistent_sub_parked_messages", { ...node("b"), ...subscription })]: steady(0),
    },
    labels: { ...WRITE, ...subscription },
    summary: "2 events of $ce-order are parked by mails",
  },
  {
    name: "EventStoreElectionsFlapping",
    severity: "warning",
    series: {
      [series("kurrentdb_elections_count_total", node("a"))]: growing(0, 0.1),
      [series("kurrentdb_elections_count_total", node("b"))]: growing(0, 0.1),
    },
    labels: WRITE,
    summary: "The event store elected a leader 6 times within an hour",
  },
];

const asked = { [series("cloudwatch_exporter_scrape_error", READ)]: steady(0) };
const primary = { ...READ, dbinstance_identifier: "production-read-primary" };
const replica = { ...READ, dbinstance_identifier: "production-read-replica-1" };
const cache = { ...READ, cache_cluster_id: "production-read-cache-001", cache_node_id: "0001" };
const cacheLabels = { ...READ, cache_cluster_id: "production-read-cache-001" };

export const READ_STORE_CASES: readonly AlertCase[] = [
  {
    name: "ReadDatabaseDown",
    severity: "critical",
    series: {
      ...asked,
      [series("aws_rds_cpuutilization_average", primary)]: missing(20),
      [series("aws_rds_cpuutilization_average", replica)]: steady(20),
    },
    labels: READ,
    summary: "The read models' primary does not run",
  },
  {
    name: "CacheDown",
    severity: "critical",
    series: { ...asked, [series("aws_elasticache_engine_cpuutilization_average", cache)]: missing(20) },
    labels: READ,
    summary: "No node of the cache runs",
  },
  {
    name: "ReadReplicaLagging",
    severity: "warning",
    series: { [series("aws_rds_replica_lag_average", replica)]: level(30, 45) },
    labels: replica,
    summary: "production-read-replica-1 is 45s behind its primary",
  },
  {
    name: "ReadDatabaseStorageFilling",
    severity: "warning",
    // A MiB each minute of 50 GiB lasts longer, 20 do not; then RDS makes it larger.
    series: {
      [series("aws_rds_free_storage_space_average", primary)]:
        `${50 * GIB}-${MIB}x359 ${50 * GIB}-${20 * MIB}x359 ${60 * GIB}x479`,
    },
    lengths: { good: 360, bad: 360, after: 480 },
    labels: primary,
    summary: "production-read-primary is full within 4 days, at the pace of the last 6 hours",
  },
  {
    name: "ReadDatabaseStorageFilling",
    severity: "critical",
    series: { [series("aws_rds_free_storage_space_average", primary)]: level(5 * GIB, 3 * GIB) },
    labels: primary,
    summary: "production-read-primary has 3GiB of storage left",
  },
  {
    name: "ReadDatabaseBusy",
    severity: "warning",
    series: { [series("aws_rds_cpuutilization_average", primary)]: level(90, 95.5) },
    labels: primary,
    summary: "production-read-primary uses 95.5 % of its CPU",
  },
  {
    name: "CacheMemoryHigh",
    severity: "warning",
    series: {
      [series("aws_elasticache_database_memory_usage_percentage_average", cache)]: level(90, 95),
      [series("aws_elasticache_evictions_sum", cache)]: steady(0),
      // A full cache that forgets is another alert's.
      [series("aws_elasticache_database_memory_usage_percentage_average", { ...cache, cache_cluster_id: "full" })]:
        steady(100),
      [series("aws_elasticache_evictions_sum", { ...cache, cache_cluster_id: "full" })]: steady(1),
    },
    labels: cacheLabels,
    summary: "production-read-cache-001 uses 95 % of its memory",
  },
  {
    name: "CacheEvicting",
    severity: "warning",
    series: { [series("aws_elasticache_evictions_sum", cache)]: level(100, 250) },
    labels: cacheLabels,
    summary: "production-read-cache-001 forgets 250 keys a minute for others",
  },
  {
    name: "CacheBusy",
    severity: "warning",
    series: { [series("aws_elasticache_engine_cpuutilization_average", cache)]: level(80, 90) },
    labels: cacheLabels,
    summary: "production-read-cache-001 uses 90 % of the core that answers",
  },
  {
    name: "CacheReplicaLagging",
    severity: "warning",
    series: { [series("aws_elasticache_replication_lag_average", cache)]: level(10, 20) },
    labels: cacheLabels,
    summary: "production-read-cache-001 is 20s behind its primary",
  },
];
