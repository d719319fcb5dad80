import type { Environment } from "../../../lib/config/environment";
import type { Arguments } from "./synthesized";

/** A change outside Terraform, by a service, an autoscaler or a person, and what the next deployment makes of it. */
export interface Move {
  readonly key: string;
  /** The environment in the next deployment. @default - production */
  readonly of?: (production: Environment) => Environment;
  /** Arguments that the change leaves, by stack and by address without its hash. */
  readonly leaves: Readonly<Record<string, Readonly<Record<string, Arguments>>>>;
  /** What the next deployment does, as the rehearsal prints it. */
  readonly plan: readonly string[];
}

const STORE = "production-read-store";
/** RDS moves the replicas' minor versions too, but only the primary's is in the configuration. */
const PRIMARY = "aws_db_instance.Database_Primary";
const REPLICAS = [1, 2, 3].map((replica) => `aws_db_instance.Database_Replica${replica}`);
const MASTER_PASSWORD = "aws_secretsmanager_secret_version.Database_MasterPassword_Version";
/** What RDS gives an instance that it upgrades, unless it is told otherwise. */
const UPGRADED = { parameter_group_name: "default.postgres18" };

/** What kubectl writes into a pod template. */
const RESTARTED = {
  spec: {
    template: { metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": "2026-11-30T12:00:00Z" } } },
  },
};

const SIDES = ["Write", "Read"] as const;
const stackOf = (side: (typeof SIDES)[number]): string => `production-${side.toLowerCase()}-cluster`;
const controlPlaneOf = (side: (typeof SIDES)[number]): string => `aws_eks_cluster.${side}Cluster_ControlPlane`;

/** The table of docs/drift.md, as far as simulated providers can tell it. */
export const MOVES: readonly Move[] = [
  {
    key: "ElastiCache moves Valkey from 8.2 to 8.3",
    leaves: { [STORE]: { "aws_elasticache_replication_group.Cache": { engine_version: "8.3" } } },
    plan: [],
  },
  {
    key: "RDS moves PostgreSQL to 17.6 and fails over to another zone; the password is changed by hand",
    leaves: {
      [STORE]: {
        [PRIMARY]: { engine_version: "17.6", availability_zone: "eu-central-1b" },
        [MASTER_PASSWORD]: { version_stages: ["AWSPREVIOUS", "terraform"] },
      },
    },
    plan: [],
  },
  {
    key: "the password is changed by hand for the second time",
    leaves: { [STORE]: { [MASTER_PASSWORD]: { version_stages: ["terraform"] } } },
    plan: [],
  },
  {
    key: "the password is raised after it was changed by hand",
    of: (production) => ({ ...production, readStore: { ...production.readStore, passwordVersion: 2 } }),
    leaves: { [STORE]: { [MASTER_PASSWORD]: { version_stages: ["AWSPREVIOUS", "terraform"] } } },
    plan: [`${STORE} ~ ${PRIMARY}`, `${STORE} -/+ ${MASTER_PASSWORD}`],
  },
  {
    key: "PostgreSQL is upgraded to 18 by hand, and the environment names it",
    of: (production) => ({
      ...production,
      readStore: { ...production.readStore, versions: { postgres: "18" } },
    }),
    leaves: {
      [STORE]: {
        [PRIMARY]: { ...UPGRADED, engine_version: "18.1" },
        ...Object.fromEntries(REPLICAS.map((replica) => [replica, UPGRADED])),
      },
    },
    plan: [
      ...[PRIMARY, ...REPLICAS].map((instance) => `${STORE} ~ ${instance}`),
      `${STORE} -/+ aws_db_parameter_group.Database_ParameterGroup`,
    ],
  },
  {
    key: "the cluster autoscaler adds nodes, and EKS moves its platform version",
    leaves: {
      "production-write-cluster": {
        "aws_eks_cluster.WriteCluster_ControlPlane": { platform_version: "eks.9" },
        "aws_eks_node_group.WriteCluster_Nodes_SpareZone1": { scaling_config: { desired_size: 1 } },
      },
    },
    plan: [],
  },
  {
    key: "EKS has a newer image, or a person has rolled the nodes over to one: the next deployment takes the newest",
    leaves: {
      "production-write-cluster": {
        "aws_eks_node_group.WriteCluster_Nodes_Zone1": { release_version: "1.35.2-20261120" },
        "aws_eks_node_group.WriteCluster_Nodes_SpareZone1": { release_version: "1.35.2-20261120" },
      },
    },
    plan: ["Nodes_SpareZone1", "Nodes_Zone1"].map(
      (group) => `production-write-cluster ~ aws_eks_node_group.WriteCluster_${group}`,
    ),
  },
  {
    key: "EKS upgrades the control planes at the end of their version's support, and the environment names it",
    of: (production) => ({ ...production, kubernetes: { ...production.kubernetes, version: "1.36" } }),
    leaves: Object.fromEntries(SIDES.map((side) => [stackOf(side), { [controlPlaneOf(side)]: { version: "1.36" } }])),
    plan: [
      ...SIDES.flatMap((side) =>
        [
          "addon.Cluster_coredns",
          "addon.Cluster_kube-proxy",
          ...["Spare", ""].flatMap((kind) => [1, 2, 3].map((zone) => `node_group.Cluster_Nodes_${kind}Zone${zone}`)),
        ].map((address) => `${stackOf(side)} ~ aws_eks_${address.replace("Cluster", `${side}Cluster`)}`),
      ),
      ...SIDES.map(
        (side) =>
          `production-${side.toLowerCase()}-services ~ helm_release.Services_Ground_Addons_ClusterAutoscaler_Release`,
      ),
    ],
  },
  {
    key: "EKS upgrades a control plane, and the environment does not name it: the exception of the table",
    leaves: { [stackOf("Write")]: { [controlPlaneOf("Write")]: { version: "1.36" } } },
    plan: [`${stackOf("Write")} ~ ${controlPlaneOf("Write")}`],
  },
  {
    key: "pods are started again with kubectl rollout restart",
    leaves: {
      "production-write-services": {
        "kubernetes_deployment_v1.Services_CommandApi_Releases_Blue": RESTARTED,
      },
    },
    plan: [],
  },
  {
    key: "Kurrent moves the event store's version",
    leaves: {
      "production-event-store": { "kurrentcloud_managed_cluster.EventStore_Managed": { server_version: "26.1" } },
    },
    plan: [],
  },
];
