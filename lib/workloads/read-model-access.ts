import type { Construct } from "constructs";
import { Account } from "../core/account";
import { type Cidr, isRange } from "../core/cidr";
import { having, list, listOf, optional, type Rule, type Rules, text, wholeNumber } from "../core/rules";
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

/** Where the read models' tables are. */
export type TablesPlace = Pick<ReadModels, "database" | "ranges">;

const TABLES_RULES: Rules<TablesPlace> = {
  database: having<DatabaseAttributes>("a database", {
    endpoint: isName,
    port: isPort,
    databaseName: isName,
    resourceId: isName,
    replicaAddresses: list("a list of host names"),
    replicaResourceIds: list("a list of ids"),
  }),
  ranges: listOf(isRange("10.0.12.0/22")),
};

export const isTables: Rule = having<TablesPlace>("an object", TABLES_RULES);

export const isReadModels: Rule = having<ReadModels>("an object", {
  database: TABLES_RULES.database,
  cache: having<CacheAttributes>("a cache", {
    endpoint: isName,
    readerEndpoint: optional(isName),
    port: isPort,
    userName: isName,
    userArn: isName,
    keyPrefix: isName,
    replicationGroupArn: isName,
  }),
  ranges: TABLES_RULES.ranges,
});

/** Writing goes to the primary, reading to the replicas, who share no name; to the primary where it is alone. */
export type Reach = "primary" | "replicas";

interface Client {
  /** Its user of the database. */
  readonly user: string;
  readonly region: string;
  readonly reach: Reach;
}

/**
 * The way to the database, under TLS. A service signs in with an IAM token for a password; its user is made by whoever
 * administers the database: `CREATE USER query_api; GRANT rds_iam TO query_api`.
 */
export function tablesAccess(
  scope: Construct,
  { database, ranges }: TablesPlace,
  { user, region, reach }: Client,
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
    },
    statements: [
      {
        Action: "rds-db:connect",
        Resource: resourceIds.map((each) => `arn:${partition}:rds-db:${region}:${id}:dbuser:${each}/${user}`),
      },
    ],
    ways: ranges.map((cidr) => ({ peer: { cidr }, port: database.port })),
  };
}

/** The way to database and cache, both under TLS, and at both with an IAM token for a password. */
export function readModelAccess(scope: Construct, readModels: ReadModels, client: Client): StoreAccess {
  const { database, cache, ranges } = readModels;
  const tables = tablesAccess(scope, readModels, client);
  return {
    variables: {
      ...tables.variables,
      CACHE_HOST: cache.endpoint,
      ...(cache.readerEndpoint !== undefined && { CACHE_READER_HOST: cache.readerEndpoint }),
      CACHE_PORT: `${cache.port}`,
      CACHE_USER: cache.userName,
      CACHE_KEY_PREFIX: cache.keyPrefix,
    },
    statements: [
      ...tables.statements,
      { Action: "elasticache:Connect", Resource: [cache.replicationGroupArn, cache.userArn] },
    ],
    ways: ranges.flatMap((cidr) => [database.port, cache.port].map((port) => ({ peer: { cidr }, port }))),
  };
}
