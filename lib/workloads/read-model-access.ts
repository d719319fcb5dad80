import type { Construct } from "constructs";
import { Account } from "../core/account";
import { type Cidr, isRange } from "../core/cidr";
import { having, list, listOf, optional, type Rule, text, wholeNumber } from "../core/rules";
import { NETWORK_PORT } from "../kubernetes/network-policy";
import type { StoreAccess } from "./store-access";

/** What a client needs of the read database: `PostgresDatabase`'s attributes, or those of one that stands already. */
export interface DatabaseAttributes {
  /** Host name of the primary. */
  readonly endpoint: string;
  readonly port: number;
  readonly databaseName: string;
  /** The primary in IAM's `rds-db:connect`. */
  readonly resourceId: string;
  /** Host names of the replicas; none where the primary is alone. */
  readonly replicaAddresses: readonly string[];
  /** The replicas in IAM's `rds-db:connect`. */
  readonly replicaResourceIds: readonly string[];
}

/** What a client needs of the cache: `RedisCluster`'s attributes, or those of one that stands already. */
export interface CacheAttributes {
  readonly endpoint: string;
  /** Host name that spreads reads over the replicas. @default - none, as in cluster mode */
  readonly readerEndpoint?: string;
  readonly port: number;
  readonly userName: string;
  readonly userArn: string;
  /** What each key must begin with. */
  readonly keyPrefix: string;
  readonly replicationGroupArn: string;
}

/** Where the read models are. */
export interface ReadModels {
  readonly database: DatabaseAttributes;
  readonly cache: CacheAttributes;
  /** Ranges in which both are: those of the data subnets. */
  readonly ranges: readonly Cidr[];
}

const isName = text("a name", /\S/);
const isPort = wholeNumber(NETWORK_PORT);

export const isReadModels: Rule = having<ReadModels>("an object", {
  database: having<DatabaseAttributes>("a database", {
    endpoint: isName,
    port: isPort,
    databaseName: isName,
    resourceId: isName,
    replicaAddresses: list("a list of host names"),
    replicaResourceIds: list("a list of ids"),
  }),
  cache: having<CacheAttributes>("a cache", {
    endpoint: isName,
    readerEndpoint: optional(isName),
    port: isPort,
    userName: isName,
    userArn: isName,
    keyPrefix: isName,
    replicationGroupArn: isName,
  }),
  ranges: listOf(isRange("10.0.12.0/22")),
});

/** Writing goes to the primary, reading to the replicas, who share no name; to the primary where it is alone. */
export type Reach = "primary" | "replicas";

/**
 * The way to database and cache, both under TLS. At both the service signs in with an IAM token for a password; its user
 * of the database is made by whoever administers it: `CREATE USER query_api; GRANT rds_iam TO query_api`.
 */
export function readModelAccess(
  scope: Construct,
  { database, cache, ranges }: ReadModels,
  { user, region, reach }: { readonly user: string; readonly region: string; readonly reach: Reach },
): StoreAccess {
  const { partition, id } = Account.of(scope);
  const isSpread = reach === "replicas" && database.replicaAddresses.length > 0;
  const hosts = isSpread ? database.replicaAddresses : [database.endpoint];
  const resourceIds = isSpread ? database.replicaResourceIds : [database.resourceId];
  return {
    variables: {
      DATABASE_HOSTS: hosts.join(","),
      DATABASE_PORT: `${database.port}`,
      DATABASE_NAME: database.databaseName,
      DATABASE_USER: user,
      CACHE_HOST: cache.endpoint,
      ...(cache.readerEndpoint !== undefined && { CACHE_READER_HOST: cache.readerEndpoint }),
      CACHE_PORT: `${cache.port}`,
      CACHE_USER: cache.userName,
      CACHE_KEY_PREFIX: cache.keyPrefix,
    },
    statements: [
      {
        Action: "rds-db:connect",
        Resource: resourceIds.map((each) => `arn:${partition}:rds-db:${region}:${id}:dbuser:${each}/${user}`),
      },
      { Action: "elasticache:Connect", Resource: [cache.replicationGroupArn, cache.userArn] },
    ],
    ways: ranges.flatMap((cidr) => [database.port, cache.port].map((port) => ({ peer: { cidr }, port }))),
  };
}
