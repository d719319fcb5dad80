import { monitoring, network, readDatabases, recovery, unchanged, withNginx } from "../environment-changes";
import { byLock, type Protection, STACKS } from "./protection";

/** What access logs of a bucket protect. */
const logsOf = (stack: string, bucket: string): readonly string[] => [
  `${stack} aws_s3_bucket.${bucket}_AccessLogs`,
  `${stack} aws_s3_bucket_versioning.${bucket}_AccessLogs_Versioning`,
];

const LOG_ARCHIVE = [
  "production-monitoring aws_kms_key.Monitoring_LogArchive_Key",
  "production-monitoring aws_s3_bucket.Monitoring_LogArchive",
  "production-monitoring aws_s3_bucket_versioning.Monitoring_LogArchive_Versioning",
  ...logsOf("production-monitoring", "Monitoring_LogArchive"),
];
const LOGGING = [
  "production-monitoring kubernetes_namespace_v1.Monitoring_LoggingNamespace",
  "production-write-monitoring kubernetes_namespace_v1.Collectors_LoggingNamespace",
];
const COPIES = [
  ...[
    "aws_backup_vault.Recovery_CopiesVault",
    "aws_backup_vault_lock_configuration.Recovery_CopiesVault_Lock",
    "aws_kms_replica_key.Recovery_CopiesKey",
    "aws_s3_bucket.Recovery_CopiesExports",
    "aws_s3_bucket_object_lock_configuration.Recovery_CopiesExports_ObjectLock",
    "aws_s3_bucket_versioning.Recovery_CopiesExports_Versioning",
  ].map((address) => `production-recovery ${address}`),
  ...logsOf("production-recovery", "Recovery_CopiesExports"),
];
const REPLICA = [
  "production-state aws_kms_key.State_Replica_Key",
  "production-state aws_s3_bucket.State_Replica",
  "production-state aws_s3_bucket_versioning.State_Replica_Versioning",
  ...logsOf("production-state", "State_Replica"),
];
const LOCKS = [
  "aws_backup_vault_lock_configuration.Recovery_Vault_Lock",
  "aws_s3_bucket_object_lock_configuration.Recovery_Exports_ObjectLock",
].map((address) => `production-recovery ${address}`);
/** What leaves the program, and takes with it what is protected. */
export const REMOVALS: readonly Protection[] = [
  {
    key: "services taken away",
    // Neither an edge nor permissions are allowed without them.
    of: ({ services: _, auth: __, cloudflare: ___, ...environment }) => environment,
    refused: byLock(
      "production-edge",
      ...LOG_ARCHIVE,
      LOGGING[0] ?? "",
      "production-read-cluster aws_lb.LoadBalancer",
      "production-read-services",
      "production-write-cluster aws_lb.LoadBalancer",
      LOGGING[1] ?? "",
      "production-write-services",
    ),
  },
  {
    key: "queryApi.loadBalancer 'cloudflare' to 'nginx'",
    of: withNginx,
    refused: byLock("production-edge cloudflare_load_balancer.QueryApi"),
  },
  {
    key: "cloudflare taken away",
    of: (environment) => {
      const { cloudflare: _, ...rest } = withNginx(environment);
      return rest;
    },
    refused: byLock("production-edge"),
  },
  {
    key: "infrastructure.monitoring.prometheus false",
    of: monitoring({ prometheus: false }),
    refused: byLock(
      "production-monitoring kubernetes_namespace_v1.Monitoring_NodeExporterNamespace",
      "production-write-monitoring kubernetes_namespace_v1.Collectors_Namespace",
      "production-write-monitoring kubernetes_namespace_v1.Collectors_NodeExporterNamespace",
    ),
  },
  {
    key: "infrastructure.monitoring.elasticStack false",
    of: monitoring({ elasticStack: false }),
    refused: byLock(
      ...LOG_ARCHIVE,
      "production-monitoring kubernetes_namespace_v1.Monitoring_ElasticNamespace",
      "production-monitoring kubernetes_namespace_v1.Monitoring_ElasticOperatorNamespace",
      ...LOGGING,
    ),
  },
  {
    key: "infrastructure.monitoring, all three false",
    of: monitoring({ prometheus: false, grafana: false, elasticStack: false }),
    refused: byLock(
      ...LOG_ARCHIVE,
      "production-monitoring kubernetes_namespace_v1.Monitoring_ElasticNamespace",
      "production-monitoring kubernetes_namespace_v1.Monitoring_ElasticOperatorNamespace",
      LOGGING[0] ?? "",
      "production-monitoring kubernetes_namespace_v1.Monitoring_Namespace",
      "production-monitoring kubernetes_namespace_v1.Monitoring_NodeExporterNamespace",
      LOGGING[1] ?? "",
      "production-write-monitoring kubernetes_namespace_v1.Collectors_Namespace",
      "production-write-monitoring kubernetes_namespace_v1.Collectors_NodeExporterNamespace",
    ),
  },
  {
    key: "monitoring.logs.certificateAuthority taken away",
    of: ({ monitoring: { logs: { certificateAuthority: _, ...logs } = {}, ...rest } = {}, ...environment }) => ({
      ...environment,
      monitoring: { ...rest, logs },
    }),
    refused: byLock(...LOG_ARCHIVE, ...LOGGING),
  },
  {
    key: "recovery taken away",
    of: ({ recovery: _, ...environment }) => environment,
    refused: byLock(...COPIES, ...LOCKS, "production-recovery-jobs"),
  },
  { key: "recovery.secondRegion taken away", of: recovery({ secondRegion: undefined }), refused: byLock(...COPIES) },
  { key: "recovery.jobs taken away", of: recovery({ jobs: undefined }), refused: byLock("production-recovery-jobs") },
  {
    key: "recovery.failureTopic given",
    of: recovery({ failureTopic: "arn:aws:sns:eu-central-1:111122223333:on-call" }),
    refused: byLock("production-recovery aws_sns_topic.Recovery_FailedJobs_Topic"),
  },
  {
    key: "accessLogs taken away",
    of: ({ accessLogs: _, ...environment }) => environment,
    refused: byLock(
      ...logsOf("production-monitoring", "Monitoring_LogArchive"),
      ...logsOf("production-recovery", "Recovery_CopiesExports"),
      ...logsOf("production-recovery", "Recovery_Exports"),
      ...logsOf("production-state", "State"),
      ...logsOf("production-state", "State_Replica"),
    ),
  },
  {
    key: "state.secondRegion taken away",
    of: ({ state: _, ...environment }) => environment,
    refused: byLock(...REPLICA),
  },
  {
    key: "state.secondRegion changed",
    of: (environment) => ({ ...environment, state: { secondRegion: "eu-west-3" } }),
    refused: byLock(...REPLICA),
  },
  {
    key: "state.existing given",
    from: (environment) => ({ ...environment, state: { bucket: "acme-state" } }),
    of: (environment) => ({ ...environment, state: { bucket: "acme-state", existing: true } }),
    refused: byLock("production-state"),
  },
  {
    key: "network.natGateways 'per-zone' to 'single'",
    of: network({ natGateways: "single" }),
    refused: byLock("production-network aws_eip.Network_NatAddress2", "production-network aws_eip.Network_NatAddress3"),
  },
  {
    key: "readDatabases.primary.replicas 3 to 2",
    of: readDatabases(({ primary }) => ({ primary: { ...primary, replicas: 2 } })),
    refused: byLock(
      "production-read-store aws_cloudwatch_log_group.Database_Replica3_IamAuthErrorLog",
      "production-read-store aws_cloudwatch_log_group.Database_Replica3_PostgresqlLog",
      "production-read-store aws_cloudwatch_log_group.Database_Replica3_UpgradeLog",
      "production-read-store aws_db_instance.Database_Replica3",
    ),
  },
  { key: "the name of the environment", of: unchanged, renamed: "prod", refused: byLock(...STACKS) },
  {
    key: "recovery.secondRegion changed",
    of: recovery({ secondRegion: "eu-west-3" }),
    refused: byLock(...COPIES),
  },
  {
    key: "recovery.vaultLock taken away",
    of: recovery({ vaultLock: undefined }),
    refused: byLock(
      "production-recovery aws_backup_vault_lock_configuration.Recovery_CopiesVault_Lock",
      "production-recovery aws_backup_vault_lock_configuration.Recovery_Vault_Lock",
    ),
  },
  {
    key: "recovery.objectLock taken away",
    of: recovery({ objectLock: undefined }),
    refused: byLock(
      "production-recovery aws_s3_bucket_object_lock_configuration.Recovery_CopiesExports_ObjectLock",
      "production-recovery aws_s3_bucket_object_lock_configuration.Recovery_Exports_ObjectLock",
    ),
  },
];
