import { type Cidr, overlaps, privateRange, rangeOf } from "../core/cidr";
import { ENVIRONMENT_NAME, nameOf } from "../core/names";
import type { Problem } from "../core/problems";
import {
  isTrueOrFalse,
  listOf,
  mapOf,
  mismatch,
  oneOf,
  optional,
  type Rules,
  refined,
  rule,
  shape,
  text,
  wholeNumber,
} from "../core/rules";
import { ARCHITECTURE_RULES, type ProductionArchitecture } from "./architecture";
import { EVENT_STORE_SIZES, type EventStoreSize } from "./event-store-sizes";
import { INFRASTRUCTURE_RULES, type Infrastructure } from "./infrastructure";
import {
  type AddonVersions,
  isAddonVersions,
  isKubernetesVersion,
  type KubernetesVersion,
} from "./kubernetes-versions";
import { isCores, isMemory, isStorage, type Storage } from "./quantities";
import { type Compute, type InstructionSet, isInstanceType, isInstructionSet, RDS, sizingProblems } from "./sizing";

/** One environment: the seed's two objects, and what an account needs beside them. */
export interface Environment {
  /** AWS Region of everything: `'eu-central-1'`. */
  readonly region: string;
  readonly infrastructure: Infrastructure;
  readonly architecture: ProductionArchitecture;
  readonly network: NetworkConfig;
  /** Roles that administer both clusters, by a name of yours; the role that deploys must be one of them. */
  readonly administrators: Readonly<Record<string, string>>;
  /** Who may reach the clusters' API from outside the VPC. @default - nobody */
  readonly apiAccess?: ApiAccess;
  /** What the clusters run on, of which the seed says nothing. */
  readonly kubernetes?: KubernetesOptions;
  /** Sizes of the read side's stores, of which the seed says nothing. */
  readonly readStore?: ReadStoreConfig;
  /** Where the state is kept. @default - beside the program, in files that git ignores */
  readonly state?: StateConfig;
  /** Provider versions other than those that the bindings were made from: `{ aws: "~> 6.25" }`. */
  readonly providerVersions?: ProviderVersions;
  /** Tags of every resource, beside our own `Environment`, `Stack` and `ManagedBy`. */
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * Whether AWS, Kurrent and Terraform refuse to destroy what holds data. To take an environment down, deploy it with
   * false first. @default true
   */
  readonly deletionProtection?: boolean;
}

export interface NetworkConfig {
  /** The VPC's range, /16 to /20. */
  readonly cidr: Cidr;
  /** The managed event store's own range at its maker's, /8 to /24; it can never be changed. */
  readonly eventStoreCidr: Cidr;
  /** The clusters' virtual services, /12 to /24. @default '172.20.0.0/16' */
  readonly serviceCidr?: Cidr;
  /** Three zones. @default - the Region's a, b and c */
  readonly availabilityZones?: readonly string[];
  /** One NAT gateway a zone, or one for all: cheaper, and gone with its zone. @default 'per-zone' */
  readonly natGateways?: NatGateways;
}

export type NatGateways = "per-zone" | "single";

export interface ApiAccess {
  /** Ranges that may reach the public endpoint; never the whole internet. */
  readonly cidrs: readonly Cidr[];
}

export interface KubernetesOptions {
  /** @default '1.35' */
  readonly version?: KubernetesVersion;
  /** What the nodes' processors run. @default 'x86_64' */
  readonly instructionSet?: InstructionSet;
  /** EC2 instance types by side. @default - the least that hold `resources` */
  readonly instanceTypes?: { readonly write?: string; readonly read?: string };
  /** Add-on versions other than ours. @default - those we know for the Kubernetes version */
  readonly addonVersions?: AddonVersions;
}

export interface ReadStoreConfig {
  /** @default 4 cores, 16GB, SSD 500GB */
  readonly database?: DatabaseResources;
  /** @default three shards of cache.r7g.large, one replica each */
  readonly cache?: CacheResources;
}

export interface DatabaseResources extends Compute {
  /** 'SSD 20GB' to 'SSD 64TB'. It grows by itself, to twice this. */
  readonly storage: Storage;
}

export interface CacheResources {
  /** An ElastiCache node type: 'cache.r7g.large'. */
  readonly nodeType: string;
  /** Shards, 1 to 90; exactly 1 without cluster mode. */
  readonly shards: number;
  /** Replicas of each shard, 1 to 5. */
  readonly replicasPerShard: number;
}

export interface StateConfig {
  /** The bucket's name, as the `state` stack puts it out. */
  readonly bucket: string;
  /** The key's ARN, as the `state` stack puts it out. @default - the bucket's own default encryption */
  readonly keyArn?: string;
}

/** Terraform version constraints by provider. */
export interface ProviderVersions {
  readonly aws?: string;
  readonly helm?: string;
  readonly kubernetes?: string;
  readonly kurrentcloud?: string;
}

export const DEFAULT_SERVICE_CIDR: Cidr = "172.20.0.0/16";

/** RDS: what gp3 volumes of PostgreSQL hold. */
export const DATABASE_STORAGE = { min: "SSD 20GB", max: "SSD 64TB" } as const;
/** ElastiCache: shards of a cluster under the default quota of 90 nodes, and replicas of a shard. */
export const SHARDS = { min: 1, max: 90 } as const;
export const REPLICAS_PER_SHARD = { min: 1, max: 5 } as const;

const VPC_PREFIX = { min: 16, max: 20 } as const;
const EVENT_STORE_PREFIX = { min: 8, max: 24 } as const;
const SERVICE_PREFIX = { min: 12, max: 24 } as const;
const ZONES = { min: 3, max: 3 } as const;

const versionConstraint = optional(
  text("a version constraint such as '~> 6.25'", /^(?:(?:=|!=|>=?|<=?|~>)?\s*\d+(?:\.\d+){0,2}(?:\s*,\s*(?!$)|$))+$/),
);
const iamPrincipal = text("the ARN of an IAM role or user", /^arn:aws[a-z-]*:iam::\d{12}:(?:role|user)\/[\w+=,.@/-]+$/);

export const isApiAccess = shape<ApiAccess>({
  cidrs: listOf(
    rule(
      "a range of /8 to /32 such as '203.0.113.0/24', never the whole internet",
      (value) => (rangeOf(value)?.subnetMask ?? 0) >= 8,
    ),
    { min: 1, max: 40 },
  ),
});
export const isAdministrators = refined<Record<string, string>>(mapOf(iamPrincipal), (roles, path) =>
  Object.keys(roles).length > 0
    ? []
    : [{ path, message: mismatch("at least one role, or nobody could reach the cluster", {}) }],
);
export const isServiceCidr = privateRange(SERVICE_PREFIX, "172.20.0.0/16");
export const isEventStoreCidr = privateRange(EVENT_STORE_PREFIX, "10.1.0.0/22");
export const isVpcCidr = privateRange(VPC_PREFIX, "10.0.0.0/16");
export const isDatabaseResources = refined<DatabaseResources>(
  shape<DatabaseResources>({ cpu: isCores, memory: isMemory, storage: isStorage(DATABASE_STORAGE) }),
  (resources, path) => sizingProblems(resources, path, RDS),
);
export const CACHE_RESOURCES_RULES: Rules<CacheResources> = {
  nodeType: text(
    "an ElastiCache node type such as 'cache.r7g.large'",
    /^cache\.[a-z]\d[a-z]*\.(?:micro|small|medium|large|\d*xlarge)$/,
  ),
  shards: wholeNumber(SHARDS),
  replicasPerShard: wholeNumber(REPLICAS_PER_SHARD),
};

const isNetwork = refined<NetworkConfig>(
  shape<NetworkConfig>({
    cidr: isVpcCidr,
    eventStoreCidr: isEventStoreCidr,
    serviceCidr: optional(isServiceCidr),
    availabilityZones: optional(
      listOf(text("a zone such as 'eu-central-1a'", /^[a-z]{2}(?:-[a-z]+)+-\d[a-z]$/), ZONES),
    ),
    natGateways: optional(oneOf(["per-zone", "single"])),
  }),
  overlapProblems,
);

const ENVIRONMENT_RULES: Rules<Environment> = {
  region: text("a Region such as 'eu-central-1'", /^[a-z]{2}(?:-[a-z]+)+-\d$/),
  infrastructure: shape(INFRASTRUCTURE_RULES),
  architecture: shape(ARCHITECTURE_RULES),
  network: isNetwork,
  administrators: isAdministrators,
  apiAccess: optional(isApiAccess),
  kubernetes: optional(
    shape<KubernetesOptions>({
      version: optional(isKubernetesVersion),
      instructionSet: optional(isInstructionSet),
      instanceTypes: optional(shape({ write: optional(isInstanceType), read: optional(isInstanceType) })),
      addonVersions: optional(isAddonVersions),
    }),
  ),
  readStore: optional(
    shape<ReadStoreConfig>({ database: optional(isDatabaseResources), cache: optional(shape(CACHE_RESOURCES_RULES)) }),
  ),
  state: optional(
    shape<StateConfig>({
      bucket: nameOf("S3 bucket"),
      keyArn: optional(text("the ARN of a KMS key", /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/)),
    }),
  ),
  providerVersions: optional(
    shape<ProviderVersions>({
      aws: versionConstraint,
      helm: versionConstraint,
      kubernetes: versionConstraint,
      kurrentcloud: versionConstraint,
    }),
  ),
  tags: optional(mapOf(text("a text of at most 256 characters", /^[\p{L}\p{N}\s_.:/=+\-@]{0,256}$/u))),
  deletionProtection: optional(isTrueOrFalse),
};

/** Everything that is wrong with an environment; its name is where every path begins. */
export function environmentProblems(name: string, environment: unknown): readonly Problem[] {
  return [
    ...ENVIRONMENT_NAME.problemsOf(name, name),
    ...shape(ENVIRONMENT_RULES).problemsOf(environment, name),
    ...topologyProblems(environment as DeepPartial<Environment> | undefined, name),
    ...shardProblems(environment as DeepPartial<Environment> | undefined, name),
  ];
}

type DeepPartial<T> = T extends object ? { readonly [K in keyof T]?: DeepPartial<T[K]> } : T;

/** The event store is named in both objects; they must agree. */
function topologyProblems(environment: DeepPartial<Environment> | undefined, name: string): readonly Problem[] {
  const size = environment?.infrastructure?.eventStore?.size;
  const clusterSize = environment?.architecture?.writeSide?.eventStore?.clusterSize;
  const nodes =
    size !== undefined && Object.hasOwn(EVENT_STORE_SIZES, size)
      ? EVENT_STORE_SIZES[size as EventStoreSize].nodes
      : undefined;
  if (nodes === undefined || nodes === clusterSize || (clusterSize !== 1 && clusterSize !== 3)) return [];
  return [
    {
      path: `${name}.architecture.writeSide.eventStore.clusterSize`,
      message: `must be ${nodes}, the nodes of infrastructure.eventStore.size '${size}', got ${clusterSize}`,
    },
  ];
}

/** Without cluster mode there is one shard. A number that is wrong in itself was said already. */
function shardProblems(environment: DeepPartial<Environment> | undefined, name: string): readonly Problem[] {
  const shards = environment?.readStore?.cache?.shards;
  const isClustered = environment?.architecture?.readSide?.readDatabases?.cache?.cluster;
  if (isClustered !== false || shards === 1 || wholeNumber(SHARDS).problemsOf(shards, name).length > 0) return [];
  return [
    {
      path: `${name}.readStore.cache.shards`,
      message: `must be 1 without architecture.readSide.readDatabases.cache.cluster, got ${shards}`,
    },
  ];
}

/** Ranges that one node must reach can't share an address. */
function overlapProblems(network: NetworkConfig, path: string): readonly Problem[] {
  const { cidr, eventStoreCidr, serviceCidr = DEFAULT_SERVICE_CIDR } = network;
  const named = Object.entries({ cidr, eventStoreCidr, serviceCidr });
  return named.flatMap(([key, value], index) =>
    named.slice(0, index).flatMap(([otherKey, other]) => {
      const [a, b] = [rangeOf(value), rangeOf(other)];
      return a && b && overlaps(a, b)
        ? [{ path: `${path}.${key}`, message: `must not overlap ${otherKey} '${other}', got '${value}'` }]
        : [];
    }),
  );
}
