import { HEALTH_PATH, HEALTH_PATH_ALLOWED, PARALLELISM, WORKERS } from "../contract/limits";
import type { Problem } from "../core/problems";
import { isTrueOrFalse, known, oneOf, type Relation, type Rules, rule, shape, text, wholeNumber } from "../core/rules";

/** The seed's `production_architecture`, in camel case: what runs on the infrastructure. */
export interface ProductionArchitecture {
  readonly writeSide: WriteSide;
  readonly readSide: ReadSide;
}

export interface WriteSide {
  readonly commandApi: CommandApiConfig;
  readonly eventStore: EventStoreTopology;
  readonly commandProcessors: CommandProcessorsConfig;
}

export interface CommandApiConfig {
  /** 1 to 1000. */
  readonly instances: number;
  readonly loadBalancer: LoadBalancer;
  /** Path that answers when the API is ready, at most 256 characters, not below `/commands/`. */
  readonly healthCheck: `/${string}`;
}

export interface EventStoreTopology {
  /** EventStoreDB is called KurrentDB since 2025; both names mean the same server. */
  readonly type: "EventStore" | "KurrentDB";
  /** Nodes: what `infrastructure.eventStore.size` has. */
  readonly clusterSize: 1 | 3;
  /** Three nodes write to a quorum before they answer; one node has nobody to replicate to. */
  readonly replication: "synchronous" | "none";
}

export interface CommandProcessorsConfig {
  /** 1 to 1000. */
  readonly instances: number;
  readonly scaling: "auto" | "fixed";
}

export interface ReadSide {
  readonly queryApi: QueryApiConfig;
  readonly readDatabases: ReadDatabases;
  readonly projections: ProjectionsConfig;
}

export interface QueryApiConfig {
  /** 1 to 1000. */
  readonly instances: number;
  readonly loadBalancer: LoadBalancer;
  /** `'edge'` needs a load balancer that has one: Cloudflare. */
  readonly cache: "edge" | "none";
}

export interface ReadDatabases {
  readonly primary: ReadDatabaseConfig;
  readonly cache: CacheConfig;
}

export interface ReadDatabaseConfig {
  readonly type: "PostgreSQL";
  /** Read replicas beside the primary, 0 to 15, one zone after the other. */
  readonly replicas: number;
}

export interface CacheConfig {
  /** The protocol; the engine is Valkey unless asked otherwise. */
  readonly type: "Redis";
  /** Cluster mode: the keys are spread over shards. */
  readonly cluster: boolean;
}

export interface ProjectionsConfig {
  /** 1 to 1000. */
  readonly workers: number;
  /** Events that one worker handles at a time, 1 to 1000. */
  readonly parallelism: number;
}

/**
 * What clients reach: the network load balancer before NGINX, Cloudflare before that, or both. `'both'` is the step between
 * the other two: a change from one to the other in one deployment shuts the API until its last stack is deployed.
 */
export type LoadBalancer = "nginx" | "both" | "cloudflare";

/** Whether Cloudflare is in front of an API, perhaps not alone. */
export const isProxied = (loadBalancer: unknown): boolean => loadBalancer === "both" || loadBalancer === "cloudflare";

/** Ours: beyond it a typing error is likelier than a fleet. */
export const INSTANCES = { min: 1, max: 1000 } as const;
/** RDS for PostgreSQL: read replicas of one source. */
export const READ_REPLICAS = { min: 0, max: 15 } as const;

const loadBalancer = oneOf(["nginx", "both", "cloudflare"]);
const instances = wholeNumber(INSTANCES);
const scaling = oneOf(["auto", "fixed"]);
const healthCheck = text(HEALTH_PATH_ALLOWED, HEALTH_PATH);

/** Rules of keys that constructs take as they stand here. */
export const COMMAND_API_RULES: Rules<CommandApiConfig> = { instances, loadBalancer, healthCheck };
/** The number is part of a Helm release's values, a text in which a number of Terraform's has no place. */
export const COMMAND_PROCESSORS_RULES: Rules<CommandProcessorsConfig> = { instances: known(instances), scaling };
export const QUERY_API_RULES: Rules<QueryApiConfig> = { instances, loadBalancer, cache: oneOf(["edge", "none"]) };
export const CACHED_AT_AN_EDGE: Relation<QueryApiConfig> = {
  between: ["loadBalancer", "cache"],
  problemsOf: edgeProblems,
};
export const PROJECTIONS_RULES: Rules<ProjectionsConfig> = {
  workers: wholeNumber(WORKERS),
  parallelism: wholeNumber(PARALLELISM),
};
export const EVENT_STORE_CLIENT_RULES: Rules<Pick<EventStoreTopology, "type" | "clusterSize">> = {
  type: oneOf(["EventStore", "KurrentDB"]),
  clusterSize: known(rule("1 or 3", (value) => value === 1 || value === 3)),
};

export const ARCHITECTURE_RULES: Rules<ProductionArchitecture> = {
  writeSide: shape<WriteSide>({
    commandApi: shape(COMMAND_API_RULES),
    eventStore: shape<EventStoreTopology>(
      {
        ...EVENT_STORE_CLIENT_RULES,
        replication: oneOf(["synchronous", "none"]),
      },
      { between: ["clusterSize", "replication"], problemsOf: replicationProblems },
    ),
    commandProcessors: shape(COMMAND_PROCESSORS_RULES),
  }),
  readSide: shape<ReadSide>({
    queryApi: shape(QUERY_API_RULES, CACHED_AT_AN_EDGE),
    readDatabases: shape<ReadDatabases>({
      primary: shape<ReadDatabaseConfig>({ type: oneOf(["PostgreSQL"]), replicas: known(wholeNumber(READ_REPLICAS)) }),
      cache: shape<CacheConfig>({ type: oneOf(["Redis"]), cluster: isTrueOrFalse }),
    }),
    projections: shape(PROJECTIONS_RULES),
  }),
};

function replicationProblems({ clusterSize, replication }: EventStoreTopology, path: string): readonly Problem[] {
  const needed = clusterSize === 1 ? "none" : "synchronous";
  if (replication === needed) return [];
  const message = `must be '${needed}' with clusterSize ${clusterSize}, got '${replication}'`;
  return [{ path: `${path}.replication`, message }];
}

function edgeProblems({ cache, loadBalancer }: QueryApiConfig, path: string): readonly Problem[] {
  if (cache === "none" || isProxied(loadBalancer)) return [];
  return [{ path: `${path}.cache`, message: `must be 'none' with loadBalancer '${loadBalancer}', got '${cache}'` }];
}
