import { eventStoreSize, kubernetes, recovery, versions } from "../environment-changes";
import { byLock, type Protection, STACKS } from "./protection";

const COMPLIANCE_LOCK = { mode: "compliance", changeableForDays: 3 } as const;
const VAULT_LOCKS = ["CopiesVault", "Vault"].map(
  (vault) => `production-recovery aws_backup_vault_lock_configuration.Recovery_${vault}_Lock`,
);

/** The state of the stack that makes the bucket is beside the program. */
const BACKENDS = STACKS.filter((stack) => stack !== "production-state").map((stack) => `${stack} terraform.backend`);

/** Values that the services, or what they hold, can't follow. */
export const ONE_WAY_CHANGES: readonly Protection[] = [
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
];
