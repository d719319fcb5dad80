import type { Environment } from "../../../lib/config/environment";

/** What a key of the architecture does in production's plan. */
export type Effect = Changed | Fixed;

/** A key that may be something else. */
interface Changed {
  /** Another value, and with it what must agree, by its path in the environment. */
  readonly to: unknown;
  readonly along?: Readonly<Record<string, unknown>>;
  /** Differences of the plan that show it, among others: the first one's stack is the README's. */
  readonly shows: readonly string[];
}

/** A key that has but one value: what stands in the plan because of it. */
interface Fixed {
  readonly stack: string;
  readonly type: string;
  readonly argument: string;
  readonly is: string;
}

const SINGLE_NODE = {
  "architecture.writeSide.eventStore.clusterSize": 1,
  "architecture.writeSide.eventStore.replication": "none",
  "infrastructure.eventStore.size": "development",
};
const TOPOLOGY = "production-event-store: kurrentcloud_managed_cluster.EventStore_Managed topology";
const COMMANDS = "production-write-services";
const QUERIES = "production-read-services";
const deployment = (api: string, path: string) => `kubernetes_deployment_v1.Services_${api}_Releases_Blue spec.${path}`;
const variable = (service: string, name: string) =>
  `kubernetes_config_map_v1.Services_${service}_Pods_Configuration_Variables data.${name}`;
const PROCESSORS = "helm_release.Services_CommandProcessors values.0";

/** Each key of `architecture`, by its path there. */
export const EFFECTS: Readonly<Record<string, Effect>> = {
  "writeSide.commandApi.instances": { to: 4, shows: [`${COMMANDS}: ${deployment("CommandApi", "replicas")}`] },
  "writeSide.commandApi.loadBalancer": {
    to: "cloudflare",
    shows: [
      "production-edge + cloudflare_load_balancer.CommandApi",
      "production-write-cluster - aws_vpc_security_group_ingress_rule.LoadBalancer_From-anybody",
      `${COMMANDS} + helm_release.Services_WayIn_Ingress_Policy`,
    ],
  },
  "writeSide.commandApi.healthCheck": {
    to: "/ready",
    shows: [
      `${COMMANDS}: ${deployment("CommandApi", "template.spec.container.0.readiness_probe.http_get.path")}`,
      `${COMMANDS}: ${variable("CommandApi", "HEALTH_PATH")}`,
    ],
  },
  "writeSide.eventStore.type": {
    to: "KurrentDB",
    shows: [
      `${COMMANDS}: ${variable("CommandApi", "EVENT_STORE_CONNECTION_STRING")}`,
      `${COMMANDS}: ${variable("CommandProcessors", "EVENT_STORE_CONNECTION_STRING")}`,
      `${QUERIES}: ${variable("Projections", "EVENT_STORE_CONNECTION_STRING")}`,
    ],
  },
  "writeSide.eventStore.clusterSize": {
    to: 1,
    along: SINGLE_NODE,
    shows: [TOPOLOGY, `${COMMANDS}: ${variable("CommandApi", "EVENT_STORE_CONNECTION_STRING")}`],
  },
  "writeSide.eventStore.replication": { to: "none", along: SINGLE_NODE, shows: [TOPOLOGY] },
  "writeSide.commandProcessors.instances": { to: 6, shows: [`${COMMANDS}: ${PROCESSORS}`] },
  "writeSide.commandProcessors.scaling": {
    to: "fixed",
    shows: [`${COMMANDS}: ${PROCESSORS}`],
  },
  "readSide.queryApi.instances": { to: 12, shows: [`${QUERIES}: ${deployment("QueryApi", "replicas")}`] },
  "readSide.queryApi.loadBalancer": {
    to: "nginx",
    along: { "architecture.readSide.queryApi.cache": "none" },
    shows: [
      "production-edge - cloudflare_load_balancer.QueryApi",
      "production-read-cluster + aws_vpc_security_group_ingress_rule.LoadBalancer_From-anybody",
      `${QUERIES} - helm_release.Services_WayIn_Ingress_Policy`,
    ],
  },
  "readSide.queryApi.cache": {
    to: "none",
    shows: [
      "production-edge - cloudflare_ruleset.QueryApiCache",
      `${QUERIES}: helm_release.Services_WayIn_Nginx_Release values.0`,
    ],
  },
  "readSide.readDatabases.primary.type": {
    stack: "production-read-store",
    type: "aws_db_instance",
    argument: "engine",
    is: "postgres",
  },
  "readSide.readDatabases.primary.replicas": {
    to: 2,
    shows: [
      "production-read-store - aws_db_instance.Database_Replica3",
      `${QUERIES}: ${variable("QueryApi", "DATABASE_HOSTS")}`,
    ],
  },
  "readSide.readDatabases.cache.type": {
    stack: "production-read-store",
    type: "aws_elasticache_replication_group",
    argument: "engine",
    is: "valkey",
  },
  "readSide.readDatabases.cache.cluster": {
    to: false,
    shows: [
      "production-read-store: aws_elasticache_replication_group.Cache num_node_groups",
      `${QUERIES}: ${variable("QueryApi", "CACHE_READER_HOST")}`,
    ],
  },
  "readSide.projections.workers": {
    to: 6,
    shows: [
      `${QUERIES}: kubernetes_stateful_set_v1.Services_Projections spec.replicas`,
      `${QUERIES}: ${variable("Projections", "PROJECTION_WORKERS")}`,
    ],
  },
  "readSide.projections.parallelism": {
    to: 20,
    shows: [`${QUERIES}: ${variable("Projections", "PROJECTION_PARALLELISM")}`],
  },
};

/** The environment with values changed by their paths. */
export function withValues(environment: Environment, values: Readonly<Record<string, unknown>>): Environment {
  const copy = structuredClone(environment);
  for (const [path, value] of Object.entries(values)) {
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    const parent = keys.reduce<object>((at, key) => (at as Record<string, object>)[key] ?? {}, copy);
    Object.assign(parent, { [last]: value });
  }
  return copy;
}
