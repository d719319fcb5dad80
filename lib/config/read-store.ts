import { Token } from "cdktf";
import type { Problem } from "../core/problems";
import { known, oneOf, optional, type Rule, shape, text, wholeNumber } from "../core/rules";
import { isInstanceClass } from "./instance-types";
import { isPasswordVersion } from "./password-version";
import { isCores, isMemory, isStorage, type Storage } from "./quantities";
import type { Compute } from "./sizing";

export interface ReadStoreConfig {
  /** What each instance has. @default 4 cores, 16GB, SSD 500GB */
  readonly database?: DatabaseResources;
  /**
   * RDS class of each instance: `'db.m7g.xlarge'`. A change is made in the maintenance window, with a failover.
   * @default - the least of Graviton's with 4 and 8 GiB a vCPU that holds `database`, of the newest generation that the Region has
   */
  readonly instanceClass?: string;
  /** @default three shards in cluster mode, otherwise one, of cache.r7g.large with one replica */
  readonly cache?: CacheResources;
  /** @default PostgreSQL 17, Valkey 8 */
  readonly versions?: EngineVersions;
  /** Raised by one, it gives the database's master user a new password, in its secret and in the database. @default 1 */
  readonly passwordVersion?: number;
}

/** Versions of the stores' engines: docs/drift.md has the steps of an upgrade. */
export interface EngineVersions {
  /** PostgreSQL's major version, which an upgrade by hand changes first. RDS moves the minor versions. @default '17' */
  readonly postgres?: PostgresVersion;
  /**
   * A major version such as '8', whose minor versions ElastiCache moves; or one minor version such as '9.1', to which
   * Terraform upgrades the cache at once and which ElastiCache leaves as it is. @default '8'
   */
  readonly valkey?: ValkeyVersion;
}

export type PostgresVersion = "16" | "17" | "18";
export type ValkeyVersion = "8" | "9" | `8.${number}` | `9.${number}`;

export interface DatabaseResources extends Compute {
  /** 'SSD 20GB' to 'SSD 64TB'. It grows by itself, to twice this. */
  readonly storage: Storage;
}

export interface CacheResources {
  /** An ElastiCache node type: 'cache.r7g.large'. */
  readonly nodeType: string;
  /** Shards, 1 to 45; exactly 1 without cluster mode. */
  readonly shards: number;
  /** Replicas of each shard, 1 to 5. */
  readonly replicasPerShard: number;
}

export const defaultCacheResources = (isClustered: boolean): CacheResources => ({
  nodeType: "cache.r7g.large",
  shards: isClustered ? 3 : 1,
  replicasPerShard: 1,
});

export const DEFAULT_DATABASE: DatabaseResources = { cpu: "4 cores", memory: "16GB", storage: "SSD 500GB" };
/** RDS: what gp3 volumes of PostgreSQL hold. */
const DATABASE_STORAGE = { min: "SSD 20GB", max: "SSD 64TB" } as const;
/** ElastiCache: shards of a cluster that has a replica each, and replicas of a shard. */
export const SHARDS = { min: 1, max: 45 } as const;
const REPLICAS_PER_SHARD = { min: 1, max: 5 } as const;

export const isDatabaseResources: Rule = shape<DatabaseResources>({
  cpu: isCores,
  memory: isMemory,
  storage: isStorage(DATABASE_STORAGE),
});

/** ElastiCache: node types of today, without those that tier data onto disks. */
const NODE_TYPE = new RegExp(
  `^cache\\.(?:${[
    "(?:m6g|m7g|r6g|r7g|c7gn)\\.(?:large|(?:|2|4|8|12|16)xlarge)",
    "(?:m5|r5)\\.(?:large|(?:|2|4|12|24)xlarge)",
    "(?:t3|t4g)\\.(?:micro|small|medium)",
  ].join("|")})$`,
);
/** ElastiCache: nodes of one cluster, under the default quota. */
const MAX_NODES = 90;

export const isCacheResources: Rule = shape<CacheResources>(
  {
    nodeType: text("an ElastiCache node type such as 'cache.r7g.large'", NODE_TYPE),
    shards: wholeNumber(SHARDS),
    replicasPerShard: wholeNumber(REPLICAS_PER_SHARD),
  },
  { between: ["shards", "replicasPerShard"], problemsOf: nodeProblems },
);

/** What is made with a version is chosen at synth. */
export const isPostgresVersion: Rule = oneOf(["16", "17", "18"]);
const isValkeyVersion: Rule = known(
  text("a version of Valkey such as '8', '8.2' or '9.1'", /^[89](?:\.(?:0|[1-9]\d?))?$/),
);

export const isReadStoreConfig: Rule = shape<ReadStoreConfig>({
  database: optional(isDatabaseResources),
  instanceClass: optional(isInstanceClass),
  cache: optional(isCacheResources),
  versions: optional(
    shape<EngineVersions>({ postgres: optional(isPostgresVersion), valkey: optional(isValkeyVersion) }),
  ),
  passwordVersion: optional(isPasswordVersion),
});

function nodeProblems({ shards, replicasPerShard }: CacheResources, path: string): readonly Problem[] {
  if (Token.isUnresolved(shards) || Token.isUnresolved(replicasPerShard)) return [];
  const nodes = shards * (1 + replicasPerShard);
  if (nodes <= MAX_NODES) return [];
  return [{ path, message: `must make at most ${MAX_NODES} nodes, got ${nodes} of shards and their replicas` }];
}
