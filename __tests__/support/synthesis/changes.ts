import type { LoadBalancer, ReadSide, WriteSide } from "../../../lib/config/architecture";
import type { Environment } from "../../../lib/config/environment";
import type { Infrastructure } from "../../../lib/config/infrastructure";
import type { ValkeyVersion } from "../../../lib/config/read-store";
import type { ServicesConfig } from "../../../lib/config/services";
import { CLOUDFLARE_RANGES } from "../../../lib/edge/cloudflare-ranges";
import { recovery, unchanged } from "./environment-changes";
import { STATE_REPLICA } from "./state-replica";
import { type Synthesized, type TerraformJson, withoutHash } from "./synthesized";

/** One key of an environment, and all that a new value of it may change. */
export interface Change {
  readonly key: string;
  /** What the change begins with. @default - production as it is */
  readonly from?: (production: Environment) => Environment;
  readonly of: (environment: Environment) => Environment;
  /** Of whatever differs, `stack: address path`, or `+` or `-` for a whole resource; addresses without their hash. */
  readonly touches: readonly string[];
  /** What Terraform makes of it, as the rehearsal prints it: `~` changed, `-/+` replaced, `-` destroyed. */
  readonly plan: readonly string[];
}

const infrastructure =
  (change: (was: Infrastructure) => Partial<Infrastructure>) =>
  (environment: Environment): Environment => ({
    ...environment,
    infrastructure: { ...environment.infrastructure, ...change(environment.infrastructure) },
  });

const services =
  <K extends keyof ServicesConfig>(service: K, change: Partial<ServicesConfig[K]>) =>
  (environment: Environment): Environment => {
    if (environment.services === undefined) throw new Error("an environment without services");
    const changed = { ...environment.services[service], ...change };
    return { ...environment, services: { ...environment.services, [service]: changed } };
  };

const writeSide =
  (change: (was: WriteSide) => Partial<WriteSide>) =>
  (environment: Environment): Environment => {
    const { architecture } = environment;
    const changed = { ...architecture.writeSide, ...change(architecture.writeSide) };
    return { ...environment, architecture: { ...architecture, writeSide: changed } };
  };

const readSide =
  (change: (was: ReadSide) => Partial<ReadSide>) =>
  (environment: Environment): Environment => {
    const { architecture } = environment;
    const changed = { ...architecture.readSide, ...change(architecture.readSide) };
    return { ...environment, architecture: { ...architecture, readSide: changed } };
  };

const commandsBehind = (loadBalancer: LoadBalancer) =>
  writeSide(({ commandApi }) => ({ commandApi: { ...commandApi, loadBalancer } }));

const valkey =
  (version: ValkeyVersion) =>
  (environment: Environment): Environment => ({
    ...environment,
    readStore: { ...environment.readStore, versions: { valkey: version } },
  });

const BY_QUEUE = { maxInstances: 20, query: "sum(cqrs_command_queue_depth)", perInstance: 100 } as const;
const NEW_IMAGE = "registry.example.com/orders/command-api:1.5.0";
const COMMANDS = "production-write-services";
const KEDA_POLICIES = [
  "DefaultDeny",
  "Policy-keda-admission-webhooks",
  "Policy-keda-operator",
  "Policy-keda-operator-metrics-apiserver",
].map((id) => `${COMMANDS} - kubernetes_network_policy_v1.Services_Ground_Addons_KedaNamespace_${id}`);
const QUERIES = "production-read-services";
const RECOVERY = "production-recovery";
const STORE = "production-read-store";
const CACHE = "aws_elasticache_replication_group.Cache";
const CACHE_PARAMETERS = "aws_elasticache_parameter_group.Cache_ParameterGroup";
/** Of a minor version that ElastiCache moves. */
const CACHE_LIFECYCLE = [
  "lifecycle.ignore_changes.0",
  "lifecycle.postcondition.0.condition",
  "lifecycle.postcondition.0.error_message",
];

/** What Cloudflare in front of the command API is made of. */
const EDGE = [
  "cloudflare_load_balancer.CommandApi",
  "cloudflare_load_balancer_monitor.CommandApi_Monitor",
  "cloudflare_load_balancer_pool.CommandApi_Pool",
];
const fromRange = (range: string) => `aws_vpc_security_group_ingress_rule.LoadBalancer_From-${range}`;
const FROM_ALL = fromRange("anybody");
const RANGES = CLOUDFLARE_RANGES.map((range) => fromRange(range.replaceAll(/[./]/g, "-"))).sort();
/** NGINX takes Cloudflare's word on the client's address, and has Cloudflare's authority at hand. */
const PROXIED_NGINX = [
  "aws_iam_role_policy.Services_Ground_Addons_ExternalSecrets_Identity_Role_Policy policy",
  "helm_release.Services_WayIn_Certificates values.0",
  "helm_release.Services_WayIn_Nginx_Release values.0",
];
/** NGINX asks for Cloudflare's client certificate. */
const LOCKED_INGRESS = ["depends_on.2", "metadata.annotations.nginx.org/policies"].map(
  (path) => `kubernetes_ingress_v1.Services_WayIn_Ingress ${path}`,
);

/** What the README promises of a change, in the words of a plan. */
export const CHANGES: readonly Change[] = [
  {
    key: "writeCluster.nodes 3 to 4",
    of: infrastructure(({ writeCluster }) => ({ writeCluster: { ...writeCluster, nodes: 4 } })),
    touches: ["desired_size", "max_size", "min_size"].map(
      (size) => `production-write-cluster: aws_eks_node_group.WriteCluster_Nodes_Zone1 scaling_config.${size}`,
    ),
    plan: ["production-write-cluster ~ aws_eks_node_group.WriteCluster_Nodes_Zone1"],
  },
  {
    key: "writeCluster.resources.storage 'SSD 500GB' to 'SSD 600GB'",
    of: infrastructure(({ writeCluster }) => ({
      writeCluster: { ...writeCluster, resources: { ...writeCluster.resources, storage: "SSD 600GB" } },
    })),
    touches: [
      "production-write-cluster: aws_launch_template.WriteCluster_Nodes_LaunchTemplate block_device_mappings.0.ebs.volume_size",
    ],
    plan: ["production-write-cluster ~ aws_launch_template.WriteCluster_Nodes_LaunchTemplate"],
  },
  {
    key: "eventStore.backup.retention '30 days' to '14 days'",
    of: infrastructure(({ eventStore }) => ({
      eventStore: { ...eventStore, backup: { ...eventStore.backup, retention: "14 days" } },
    })),
    touches: [
      "production-event-store: kurrentcloud_scheduled_backup.EventStore_Managed_Backup max_backup_count",
      "production-read-store: aws_db_instance.Database_Primary backup_retention_period",
      "production-read-store: aws_elasticache_replication_group.Cache snapshot_retention_limit",
      ...["DatabasePlan rule.0", "DatabasePlan rule.1", "Plan rule.0"].flatMap((rule) => [
        `${RECOVERY}: aws_backup_plan.Recovery_${rule}.copy_action.0.lifecycle.delete_after`,
        `${RECOVERY}: aws_backup_plan.Recovery_${rule}.lifecycle.delete_after`,
      ]),
      `${RECOVERY}: aws_s3_bucket_lifecycle_configuration.Recovery_CopiesExports_Lifecycle rule.0.expiration.0.days`,
      `${RECOVERY}: aws_s3_bucket_lifecycle_configuration.Recovery_Exports_Lifecycle rule.0.expiration.0.days`,
    ],
    plan: [
      "production-event-store -/+ kurrentcloud_scheduled_backup.EventStore_Managed_Backup",
      "production-read-store ~ aws_db_instance.Database_Primary",
      "production-read-store ~ aws_elasticache_replication_group.Cache",
      `${RECOVERY} ~ aws_backup_plan.Recovery_DatabasePlan`,
      `${RECOVERY} ~ aws_backup_plan.Recovery_Plan`,
      `${RECOVERY} ~ aws_s3_bucket_lifecycle_configuration.Recovery_CopiesExports_Lifecycle`,
      `${RECOVERY} ~ aws_s3_bucket_lifecycle_configuration.Recovery_Exports_Lifecycle`,
    ],
  },
  {
    key: "readStore.passwordVersion 1 to 2",
    of: (environment) => ({ ...environment, readStore: { ...environment.readStore, passwordVersion: 2 } }),
    touches: [`${STORE}: aws_secretsmanager_secret_version.Database_MasterPassword_Version secret_string_wo_version`],
    plan: [
      `${STORE} ~ aws_db_instance.Database_Primary`,
      `${STORE} -/+ aws_secretsmanager_secret_version.Database_MasterPassword_Version`,
    ],
  },
  {
    key: "readStore.versions.valkey '8' to '9.1'",
    of: valkey("9.1"),
    touches: [
      ...["description", "family", "name"].map((path) => `${STORE}: ${CACHE_PARAMETERS} ${path}`),
      ...["apply_immediately", "auto_minor_version_upgrade", "engine_version", ...CACHE_LIFECYCLE].map(
        (path) => `${STORE}: ${CACHE} ${path}`,
      ),
    ],
    plan: [`${STORE} ~ ${CACHE}`, `${STORE} -/+ ${CACHE_PARAMETERS}`],
  },
  {
    key: "readStore.versions.valkey '9.1' to '9'",
    from: valkey("9.1"),
    of: valkey("9"),
    touches: ["apply_immediately", "auto_minor_version_upgrade", ...CACHE_LIFECYCLE].map(
      (path) => `${STORE}: ${CACHE} ${path}`,
    ),
    plan: [`${STORE} ~ ${CACHE}`],
  },
  {
    key: "commandApi.active 'blue' to 'green'",
    of: services("commandApi", { active: "green" }),
    touches: [`${COMMANDS}: kubernetes_service_v1.Services_CommandApi_Releases spec.selector.cqrs/color`],
    plan: [`${COMMANDS} ~ kubernetes_service_v1.Services_CommandApi_Releases`],
  },
  {
    key: "queryApi.active 'blue' to 'green'",
    of: services("queryApi", { active: "green" }),
    touches: [`${QUERIES}: kubernetes_service_v1.Services_QueryApi_Releases spec.selector.cqrs/color`],
    plan: [`${QUERIES} ~ kubernetes_service_v1.Services_QueryApi_Releases`],
  },
  {
    key: "a new image of the idle color",
    of: services("commandApi", { images: { blue: "registry.example.com/orders/command-api:1.4.2", green: NEW_IMAGE } }),
    touches: [
      `${COMMANDS}: kubernetes_deployment_v1.Services_CommandApi_Releases_Green spec.template.spec.container.0.image`,
    ],
    plan: [`${COMMANDS} ~ kubernetes_deployment_v1.Services_CommandApi_Releases_Green`],
  },
  {
    key: "commandApi.instances 3 to 4",
    of: writeSide(({ commandApi }) => ({ commandApi: { ...commandApi, instances: 4 } })),
    touches: [`${COMMANDS}: kubernetes_deployment_v1.Services_CommandApi_Releases_Blue spec.replicas`],
    plan: [`${COMMANDS} ~ kubernetes_deployment_v1.Services_CommandApi_Releases_Blue`],
  },
  {
    key: "queryApi.instances 10 to 12",
    of: readSide(({ queryApi }) => ({ queryApi: { ...queryApi, instances: 12 } })),
    touches: [`${QUERIES}: kubernetes_deployment_v1.Services_QueryApi_Releases_Blue spec.replicas`],
    plan: [`${QUERIES} ~ kubernetes_deployment_v1.Services_QueryApi_Releases_Blue`],
  },
  {
    key: "commandProcessors.instances 5 to 6",
    of: writeSide(({ commandProcessors }) => ({ commandProcessors: { ...commandProcessors, instances: 6 } })),
    touches: [`${COMMANDS}: helm_release.Services_CommandProcessors values.0`],
    plan: [`${COMMANDS} ~ helm_release.Services_CommandProcessors`],
  },
  {
    key: "a queue's depth no longer scales the command processors, but CPU does",
    from: services("commandProcessors", { autoscaling: BY_QUEUE }),
    of: (environment) => environment,
    touches: [
      `${COMMANDS}: helm_release.Services_CommandProcessors values.0`,
      `${COMMANDS} - helm_release.Services_CommandProcessors_Scaling`,
      `${COMMANDS} - helm_release.Services_Ground_Addons_Keda`,
      `${COMMANDS} - kubernetes_namespace_v1.Services_Ground_Addons_KedaNamespace`,
      ...KEDA_POLICIES,
    ],
    plan: [
      `${COMMANDS} ~ helm_release.Services_CommandProcessors`,
      `${COMMANDS} - helm_release.Services_CommandProcessors_Scaling`,
      `${COMMANDS} - helm_release.Services_Ground_Addons_Keda`,
      `${COMMANDS} - kubernetes_namespace_v1.Services_Ground_Addons_KedaNamespace`,
      ...KEDA_POLICIES,
    ],
  },
  {
    key: "recovery.vaultLock and objectLock given to what stands",
    from: recovery({ vaultLock: undefined, objectLock: undefined }),
    of: (environment) => environment,
    touches: [
      `${RECOVERY} + aws_backup_vault_lock_configuration.Recovery_CopiesVault_Lock`,
      `${RECOVERY} + aws_backup_vault_lock_configuration.Recovery_Vault_Lock`,
      `${RECOVERY} + aws_s3_bucket_object_lock_configuration.Recovery_CopiesExports_ObjectLock`,
      `${RECOVERY} + aws_s3_bucket_object_lock_configuration.Recovery_Exports_ObjectLock`,
      // What it waits for, of which Terraform makes no plan.
      ...[1, 2, 3, 4].map(
        (place) =>
          `${RECOVERY}: aws_s3_bucket_replication_configuration.Recovery_ExportReplication depends_on.${place}`,
      ),
    ],
    plan: [`${RECOVERY} + 4`],
  },
  {
    key: "commandApi.loadBalancer 'nginx' to 'both'",
    of: commandsBehind("both"),
    touches: [
      ...EDGE.map((address) => `production-edge + ${address}`),
      "production-edge: data ",
      "production-write-cluster: // ",
      ...RANGES.map((range) => `production-write-cluster + ${range}`),
      "production-write-cluster: output ",
      ...PROXIED_NGINX.map((path) => `${COMMANDS}: ${path}`),
    ],
    plan: [
      "production-write-cluster + 15",
      ...PROXIED_NGINX.map((path) => `${COMMANDS} ~ ${path.split(" ")[0]}`),
      "production-edge + 3",
    ],
  },
  {
    key: "commandApi.loadBalancer 'both' to 'cloudflare'",
    from: commandsBehind("both"),
    of: commandsBehind("cloudflare"),
    touches: [
      `production-write-cluster - ${FROM_ALL}`,
      `${COMMANDS} + helm_release.Services_WayIn_Ingress_Policy`,
      ...LOCKED_INGRESS.map((path) => `${COMMANDS}: ${path}`),
    ],
    plan: [
      `production-write-cluster - ${FROM_ALL}`,
      `${COMMANDS} + 1`,
      `${COMMANDS} ~ kubernetes_ingress_v1.Services_WayIn_Ingress`,
    ],
  },
  {
    key: "commandApi.loadBalancer 'cloudflare' to 'both'",
    from: commandsBehind("cloudflare"),
    of: commandsBehind("both"),
    touches: [
      `production-write-cluster + ${FROM_ALL}`,
      `${COMMANDS} - helm_release.Services_WayIn_Ingress_Policy`,
      ...LOCKED_INGRESS.map((path) => `${COMMANDS}: ${path}`),
    ],
    plan: [
      "production-write-cluster + 1",
      `${COMMANDS} ~ kubernetes_ingress_v1.Services_WayIn_Ingress`,
      `${COMMANDS} - helm_release.Services_WayIn_Ingress_Policy`,
    ],
  },
  {
    key: "commandApi.loadBalancer 'both' to 'nginx'",
    from: (environment) => commandsBehind("both")({ ...environment, deletionProtection: false }),
    of: (environment) => commandsBehind("nginx")({ ...environment, deletionProtection: false }),
    touches: [
      ...EDGE.map((address) => `production-edge - ${address}`),
      "production-edge: data ",
      "production-write-cluster: // ",
      ...RANGES.map((range) => `production-write-cluster - ${range}`),
      "production-write-cluster: output ",
      ...PROXIED_NGINX.map((path) => `${COMMANDS}: ${path}`),
    ],
    plan: [
      ...RANGES.map((range) => `production-write-cluster - ${range}`),
      ...PROXIED_NGINX.map((path) => `${COMMANDS} ~ ${path.split(" ")[0]}`),
      ...EDGE.map((address) => `production-edge - ${address}`),
    ],
  },
  {
    key: "recovery.objectLock.days 7 to 14",
    of: recovery({ objectLock: { mode: "governance", days: 14 } }),
    touches: ["CopiesExports", "Exports"].map(
      (bucket) =>
        `${RECOVERY}: aws_s3_bucket_object_lock_configuration.Recovery_${bucket}_ObjectLock rule.default_retention.days`,
    ),
    plan: ["CopiesExports", "Exports"].map(
      (bucket) => `${RECOVERY} ~ aws_s3_bucket_object_lock_configuration.Recovery_${bucket}_ObjectLock`,
    ),
  },
  {
    key: "a new image of recovery's jobs",
    of: recovery({ jobs: { image: "registry.example.com/orders/operations:1.5.0" } }),
    touches: ["Backup", "Credentials", "Drill", "OpsCredentials", "Verify"].map(
      (job) =>
        `${RECOVERY}-jobs: kubernetes_cron_job_v1.Jobs_${job} spec.job_template.spec.template.spec.container.0.image`,
    ),
    // The provider replaces a CronJob for a change of its pods, which the API would take in place.
    plan: ["Backup", "Credentials", "Drill", "OpsCredentials", "Verify"].map(
      (job) => `${RECOVERY}-jobs -/+ kubernetes_cron_job_v1.Jobs_${job}`,
    ),
  },
  {
    key: "state.secondRegion given",
    from: ({ state: _, ...environment }) => environment,
    of: unchanged,
    touches: [
      "production-state: // ",
      ...STATE_REPLICA.map((address) => `production-state + ${address}`),
      "production-state: data ",
      "production-state: output ",
    ],
    plan: [`production-state + ${STATE_REPLICA.length}`],
  },
];

/** Whatever differs between two syntheses, in the words of {@link Change.touches}. */
export function differences(before: Synthesized, after: Synthesized): string[] {
  const stacks = [...new Set([...Object.keys(before.stacks), ...Object.keys(after.stacks)])];
  return stacks.flatMap((stack) => {
    const [old, now] = [partsOf(before.stacks[stack]), partsOf(after.stacks[stack])];
    return [...new Set([...Object.keys(old), ...Object.keys(now)])].sort().flatMap((address) => {
      const [was, is] = [old[address], now[address]];
      if (was === undefined) return [`${stack} + ${address}`];
      if (is === undefined) return [`${stack} - ${address}`];
      return [...new Set([...Object.keys(was), ...Object.keys(is)])]
        .sort()
        .filter((path) => was[path] !== is[path])
        .map((path) => `${stack}: ${address} ${path}`);
    });
  });
}

/** Each value of each resource by its path, by address without hash; whatever else a stack holds as one value. */
function partsOf(tf: TerraformJson | undefined): Record<string, Readonly<Record<string, string>>> {
  const { resource = {}, ...rest } = tf ?? {};
  const whole = Object.entries(rest).map(([block, value]) => [block, { "": JSON.stringify(value) }]);
  const resources = Object.entries(resource).flatMap(([type, named]) =>
    Object.entries(named).map(([id, body]) => [`${type}.${withoutHash(id)}`, Object.fromEntries(leavesOf(body, []))]),
  );
  return Object.fromEntries([...whole, ...resources]);
}

const leavesOf = (value: unknown, path: readonly string[]): [path: string, text: string][] =>
  typeof value === "object" && value !== null && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([key, each]) => leavesOf(each, [...path, key]))
    : [[path.join("."), JSON.stringify(value)]];
