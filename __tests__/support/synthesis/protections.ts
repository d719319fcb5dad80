import { staging } from "../../../environments/staging";
import type { ReadSide } from "../../../lib/config/architecture";
import type { Environment } from "../../../lib/config/environment";
import type { Infrastructure, MonitoringConfig } from "../../../lib/config/infrastructure";
import type { KubernetesVersion } from "../../../lib/config/kubernetes";
import type { NetworkConfig } from "../../../lib/config/network";
import type { EngineVersions } from "../../../lib/config/read-store";
import type { RecoveryConfig } from "../../../lib/config/recovery";

type ReadDatabases = ReadSide["readDatabases"];

/** A change that `deletionProtection` refuses, as README and docs promise. */
export interface Protection {
  readonly key: string;
  /** What the change begins with. @default - production as it is */
  readonly from?: (production: Environment) => Environment;
  readonly of: (environment: Environment) => Environment;
  /** Another name that the change gives to the environment. @default - none */
  readonly renamed?: string;
  readonly refused: RefusedByLock | RefusedByTerraform;
}

/** What leaves the program: `stack`, or `stack address` without its hash. */
export interface RefusedByLock {
  readonly by: "lock";
  readonly paths: readonly string[];
}

/** A resource that stays in the program and can't be changed in place. */
export interface RefusedByTerraform {
  readonly by: "Terraform";
  readonly stack: string;
  readonly address: string;
}

const monitoring =
  (change: Partial<MonitoringConfig>) =>
  (environment: Environment): Environment => {
    const { infrastructure } = environment;
    return {
      ...environment,
      infrastructure: { ...infrastructure, monitoring: { ...infrastructure.monitoring, ...change } },
    };
  };

const recovery =
  (change: Partial<RecoveryConfig>) =>
  (environment: Environment): Environment => ({ ...environment, recovery: { ...environment.recovery, ...change } });

const kubernetes =
  (version: KubernetesVersion) =>
  (environment: Environment): Environment => ({
    ...environment,
    kubernetes: { ...environment.kubernetes, version },
  });

const versions =
  (chosen: EngineVersions) =>
  (environment: Environment): Environment => ({
    ...environment,
    readStore: { ...environment.readStore, versions: chosen },
  });

const COMPLIANCE_LOCK = { mode: "compliance", changeableForDays: 3 } as const;
const VAULT_LOCKS = ["CopiesVault", "Vault"].map(
  (vault) => `production-recovery aws_backup_vault_lock_configuration.Recovery_${vault}_Lock`,
);

const eventStoreSize =
  (size: Infrastructure["eventStore"]["size"]) =>
  (environment: Environment): Environment => {
    const { infrastructure } = environment;
    return {
      ...environment,
      infrastructure: { ...infrastructure, eventStore: { ...infrastructure.eventStore, size } },
    };
  };

const readDatabases =
  (change: (was: ReadDatabases) => Partial<ReadDatabases>) =>
  (environment: Environment): Environment => {
    const { architecture } = environment;
    const { readSide } = architecture;
    const changed = { ...readSide.readDatabases, ...change(readSide.readDatabases) };
    return {
      ...environment,
      architecture: { ...architecture, readSide: { ...readSide, readDatabases: changed } },
    };
  };

const network =
  (change: Partial<NetworkConfig>) =>
  (environment: Environment): Environment => ({ ...environment, network: { ...environment.network, ...change } });

const byLock = (...paths: readonly string[]): RefusedByLock => ({ by: "lock", paths });
const byTerraform = (stack: string, address: string): RefusedByTerraform => ({ by: "Terraform", stack, address });
function withNginx(environment: Environment): Environment {
  const { architecture } = environment;
  const { readSide } = architecture;
  const queryApi = { ...readSide.queryApi, loadBalancer: "nginx", cache: "none" } as const;
  return { ...environment, architecture: { ...architecture, readSide: { ...readSide, queryApi } } };
}

const unchanged = (environment: Environment): Environment => environment;

const LOG_ARCHIVE = [
  "production-monitoring aws_kms_key.Monitoring_LogArchive_Key",
  "production-monitoring aws_s3_bucket.Monitoring_LogArchive",
  "production-monitoring aws_s3_bucket_versioning.Monitoring_LogArchive_Versioning",
];
const LOGGING = [
  "production-monitoring kubernetes_namespace_v1.Monitoring_LoggingNamespace",
  "production-write-monitoring kubernetes_namespace_v1.Collectors_LoggingNamespace",
];
const COPIES = [
  "aws_backup_vault.Recovery_CopiesVault",
  "aws_backup_vault_lock_configuration.Recovery_CopiesVault_Lock",
  "aws_kms_replica_key.Recovery_CopiesKey",
  "aws_s3_bucket.Recovery_CopiesExports",
  "aws_s3_bucket_object_lock_configuration.Recovery_CopiesExports_ObjectLock",
  "aws_s3_bucket_versioning.Recovery_CopiesExports_Versioning",
].map((address) => `production-recovery ${address}`);
const LOCKS = [
  "aws_backup_vault_lock_configuration.Recovery_Vault_Lock",
  "aws_s3_bucket_object_lock_configuration.Recovery_Exports_ObjectLock",
].map((address) => `production-recovery ${address}`);
const STACKS = [
  "edge",
  "event-store",
  "keys",
  "monitoring",
  "network",
  "read-cluster",
  "read-services",
  "read-store",
  "recovery",
  "recovery-jobs",
  "state",
  "write-cluster",
  "write-monitoring",
  "write-services",
].map((stack) => `production-${stack}`);

/** The state of the stack that makes the bucket is beside the program. */
const BACKENDS = STACKS.filter((stack) => stack !== "production-state").map((stack) => `${stack} terraform.backend`);

export const PROTECTIONS: readonly Protection[] = [
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
    refused: byLock(...[...COPIES, ...LOCKS].sort(), "production-recovery-jobs"),
  },
  { key: "recovery.secondRegion taken away", of: recovery({ secondRegion: undefined }), refused: byLock(...COPIES) },
  { key: "recovery.jobs taken away", of: recovery({ jobs: undefined }), refused: byLock("production-recovery-jobs") },
  {
    key: "recovery.failureTopic given",
    of: recovery({ failureTopic: "arn:aws:sns:eu-central-1:111122223333:on-call" }),
    refused: byLock("production-recovery aws_sns_topic.Recovery_FailedJobs_Topic"),
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
    key: "kubernetes.version '1.36' to '1.35'",
    from: kubernetes("1.36"),
    of: kubernetes("1.35"),
    refused: byLock(
      "production-read-cluster aws_eks_cluster.ReadCluster_ControlPlane",
      "production-write-cluster aws_eks_cluster.WriteCluster_ControlPlane",
    ),
  },
  {
    key: "kubernetes.version '1.34' to '1.36'",
    from: kubernetes("1.34"),
    of: kubernetes("1.36"),
    refused: byLock(
      "production-read-cluster aws_eks_cluster.ReadCluster_ControlPlane",
      "production-write-cluster aws_eks_cluster.WriteCluster_ControlPlane",
    ),
  },
  {
    key: "readStore.versions.postgres '18' to '17'",
    from: versions({ postgres: "18" }),
    of: versions({ postgres: "17" }),
    refused: byLock("production-read-store aws_db_instance.Database_Primary"),
  },
  {
    key: "readStore.versions.valkey '9' to '8.2'",
    from: versions({ valkey: "9" }),
    of: versions({ valkey: "8.2" }),
    refused: byLock("production-read-store aws_elasticache_replication_group.Cache"),
  },
  {
    key: "recovery.vaultLock, a compliance lock of other days",
    from: recovery({ vaultLock: COMPLIANCE_LOCK }),
    of: recovery({ vaultLock: { ...COMPLIANCE_LOCK, minRetentionDays: 2 } }),
    refused: byLock(...VAULT_LOCKS),
  },
  {
    key: "recovery.vaultLock, a compliance lock removed",
    from: recovery({ vaultLock: COMPLIANCE_LOCK }),
    of: recovery({ vaultLock: undefined }),
    refused: byLock(...VAULT_LOCKS),
  },
  {
    key: "recovery.vaultLock, a compliance lock that becomes a governance lock",
    from: recovery({ vaultLock: COMPLIANCE_LOCK }),
    of: recovery({ vaultLock: { mode: "governance" } }),
    refused: byLock(...VAULT_LOCKS),
  },
  {
    key: "eventStore.size 'production-large' to 'production'",
    from: eventStoreSize("production-large"),
    of: eventStoreSize("production"),
    refused: byLock("production-event-store kurrentcloud_managed_cluster.EventStore_Managed"),
  },
  {
    key: "readStore.database.storage 'SSD 500GB' to 'SSD 400GB'",
    of: (environment) => ({
      ...environment,
      readStore: { ...environment.readStore, database: { cpu: "4 cores", memory: "32GB", storage: "SSD 400GB" } },
    }),
    refused: byLock(
      "production-read-store aws_db_instance.Database_Primary",
      ...[1, 2, 3].map((replica) => `production-read-store aws_db_instance.Database_Replica${replica}`),
    ),
  },
  {
    key: "eventStore.size 'development' to 'production'",
    from: () => staging,
    of: (environment) => {
      const { architecture } = eventStoreSize("production")(environment);
      const eventStore = { ...architecture.writeSide.eventStore, clusterSize: 3, replication: "synchronous" } as const;
      const writeSide = { ...architecture.writeSide, eventStore };
      return { ...eventStoreSize("production")(environment), architecture: { ...architecture, writeSide } };
    },
    refused: byTerraform("production-event-store", "kurrentcloud_managed_cluster.EventStore_Managed_6F8BB7D7"),
  },
  {
    key: "readDatabases.cache.cluster",
    of: readDatabases(({ cache }) => ({ cache: { ...cache, cluster: false } })),
    refused: byTerraform("production-read-store", "aws_elasticache_replication_group.Cache_18F6EE16"),
  },
  {
    key: "recovery.secondRegion changed",
    of: recovery({ secondRegion: "eu-west-3" }),
    refused: byLock(...COPIES),
  },
  {
    key: "region",
    of: (environment) => ({ ...environment, region: "eu-west-3" }),
    refused: byLock(
      ...STACKS.flatMap((stack) => [
        ...(stack === "production-event-store" ? [`${stack} kurrentcloud_network.EventStore_Managed_Network`] : []),
        `${stack} provider.aws`,
      ]),
    ),
  },
  {
    key: "account changed",
    from: (environment) => ({ ...environment, account: "111122223333" }),
    of: (environment) => ({ ...environment, account: "444455556666" }),
    refused: byLock(...STACKS.map((stack) => `${stack} provider.aws`)),
  },
  {
    key: "state taken away",
    from: (environment) => ({ ...environment, state: { bucket: "acme-state" } }),
    of: ({ state: _, ...environment }) => environment,
    refused: byLock(...BACKENDS),
  },
  {
    key: "state.bucket changed",
    from: (environment) => ({ ...environment, state: { bucket: "acme-state" } }),
    of: (environment) => ({ ...environment, state: { bucket: "acme-terraform-state" } }),
    refused: byLock(...BACKENDS),
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
  {
    key: "network.cidr",
    of: network({ cidr: "10.2.0.0/16" }),
    refused: byTerraform("production-network", "aws_vpc.Network_1C6012B5"),
  },
  {
    key: "network.availabilityZones",
    of: network({ availabilityZones: ["eu-central-1b", "eu-central-1a", "eu-central-1c"] }),
    refused: byTerraform("production-network", "aws_subnet.Network_Private1_905F40B7"),
  },
  {
    key: "network.serviceCidr",
    of: network({ serviceCidr: "10.96.0.0/16" }),
    refused: byTerraform("production-write-cluster", "aws_eks_cluster.WriteCluster_ControlPlane_78430B2E"),
  },
  {
    key: "network.eventStoreCidr",
    of: network({ eventStoreCidr: "10.9.0.0/22" }),
    refused: byTerraform("production-event-store", "kurrentcloud_network.EventStore_Managed_Network_29D8C5A5"),
  },
];
