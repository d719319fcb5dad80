import { Token } from "cdktf";
import { isKeyArn, isPrincipalArn, partitionOf } from "../core/arns";
import { ENVIRONMENT_NAME, isBucketName } from "../core/names";
import { alternatives, isObject, type Problem, shown } from "../core/problems";
import {
  type Bounds,
  isTrueOrFalse,
  known,
  mapOf,
  optional,
  type Rules,
  refined,
  shape,
  text,
  wholeNumber,
} from "../core/rules";
import { isTagKey, isTagValue } from "../core/tags";
import { ARCHITECTURE_RULES, type ProductionArchitecture, READ_REPLICAS } from "./architecture";
import { capacityProblems, type Population } from "./capacity";
import { EVENT_STORE_SIZES, type EventStoreSize } from "./event-store-sizes";
import { INFRASTRUCTURE_RULES, type Infrastructure, NODES } from "./infrastructure";
import { isInstanceType, isInstructionSet } from "./instance-types";
import { isAdministrators, isKubernetesOptions, type KubernetesOptions } from "./kubernetes";
import { type ApiAccess, isApiAccess, isNetworkConfig, isRegion, isVpcCidr, type NetworkConfig } from "./network";
import { coresOf, memoryGibOf } from "./quantities";
import { isReadStoreConfig, REPLICAS_PER_SHARD, type ReadStoreConfig, SHARDS } from "./read-store";
import { type Compute, nodeSizingProblems } from "./sizing";

/** One environment: the seed's two objects, and what an account needs beside them. */
export interface Environment {
  /** AWS Region of everything, outside China: `'eu-central-1'`. */
  readonly region: string;
  /** AWS account of everything, 12 digits: Terraform refuses the credentials of another. @default - whichever the credentials are of */
  readonly account?: string;
  readonly infrastructure: Infrastructure;
  readonly architecture: ProductionArchitecture;
  readonly network: NetworkConfig;
  /** ARNs of the roles or users that administer both clusters, by a name of yours; whoever deploys must be one of them. */
  readonly administrators: Readonly<Record<string, string>>;
  /** Who may reach the clusters' API from outside the VPC. @default - nobody */
  readonly apiAccess?: ApiAccess;
  /** What the clusters run on, of which the seed says nothing. @default - those that each of its keys names */
  readonly kubernetes?: KubernetesOptions;
  /** Sizes of the read side's stores, of which the seed says nothing. @default - those that each of its keys names */
  readonly readStore?: ReadStoreConfig;
  /** Where the state is kept. @default - beside the program, in `terraform.<stack>.tfstate`, for git to ignore */
  readonly state?: StateConfig;
  /** Provider versions: `{ aws: "~> 6.25" }`. @default - those that the bindings were made from */
  readonly providerVersions?: ProviderVersions;
  /** At most 40 tags of every resource, beside our own `Environment`, `Stack` and `ManagedBy`. @default - ours alone */
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * Whether AWS, Kurrent and Terraform refuse to destroy what holds data. To take an environment down, deploy it with
   * false first. @default true
   */
  readonly deletionProtection?: boolean;
}

export interface StateConfig {
  /** The bucket's name, as the `state` stack puts it out. */
  readonly bucket: string;
  /** The key's ARN, as the `state` stack puts it out. @default - the bucket's own default encryption */
  readonly keyArn?: string;
  /** Whether the bucket is another's: the company's, or another environment's. There is no `state` stack then. @default - of environments of one app that share a bucket, the first makes it */
  readonly existing?: boolean;
}

/** Terraform version constraints by provider. */
export interface ProviderVersions {
  readonly aws?: string;
  readonly helm?: string;
  readonly kubernetes?: string;
  readonly kurrentcloud?: string;
}

/** Written into the configuration of Terraform itself, where nothing can be computed. */
const versionConstraint = optional(
  known(
    text("a version constraint such as '~> 6.25'", /^(?:(?:=|!=|>=?|<=?|~>)? *\d+(?:\.\d+){0,2}(?: *, *(?!$)|$))+$/),
  ),
);
/** Our own tags, which IAM does not tell from others by case. */
const OUR_TAGS = ["environment", "stack", "managedby", "name"];
/** The driver of the pods' volumes cuts a tag at its first '='. */
const isOwnTagKey = refined<string>(isTagKey, (key, path) =>
  key.includes("=") || OUR_TAGS.includes(key.toLowerCase())
    ? [{ path, message: `must be named without '=', and not ${alternatives(OUR_TAGS)}, got ${shown(key)}` }]
    : [],
);

/** Ours: AWS takes 50 of a resource, and our own, EKS's and those of the pods' volumes come to it. */
const MAX_TAGS = 40;

const isTags = refined<Record<string, string>>(mapOf(isTagValue, isOwnTagKey), (tags, path) => {
  const keys = Object.keys(tags);
  const twins = keys.filter((key, index) =>
    keys.slice(0, index).some((other) => other.toLowerCase() === key.toLowerCase()),
  );
  return [
    ...(keys.length > MAX_TAGS ? [{ path, message: `must be at most ${MAX_TAGS} tags, got ${keys.length}` }] : []),
    ...twins.map((key) => ({
      path: `${path}.${key}`,
      message: `must differ from every other by more than case, which IAM does not tell, got '${key}'`,
    })),
  ];
});

const rulesIn = (region: unknown): Rules<Environment> => ({
  region: known(isRegion),
  account: optional(known(text("an account's 12 digits as a text", /^\d{12}$/))),
  infrastructure: shape(INFRASTRUCTURE_RULES),
  architecture: shape(ARCHITECTURE_RULES),
  network: isNetworkConfig(region),
  administrators: isAdministrators,
  apiAccess: optional(isApiAccess),
  kubernetes: optional(isKubernetesOptions),
  readStore: optional(isReadStoreConfig),
  // A backend's arguments can't be computed.
  state: optional(
    shape<StateConfig>({
      bucket: known(isBucketName),
      keyArn: optional(known(isKeyArn)),
      existing: optional(isTrueOrFalse),
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
  tags: optional(isTags),
  deletionProtection: optional(isTrueOrFalse),
});

/**
 * Everything that is wrong with an environment, of whatever it is made: JSON and JavaScript know no types. Its name is
 * where every path begins. Where one part must agree with another, it is said if both are sound by themselves.
 */
export function environmentProblems(name: unknown, environment: unknown): readonly Problem[] {
  if (typeof name !== "string") return ENVIRONMENT_NAME.problemsOf(name, "the environment's name");
  const parts: DeepPartial<Environment> = isObject(environment) ? environment : {};
  return [
    ...ENVIRONMENT_NAME.problemsOf(name, name),
    ...shape(rulesIn(parts.region)).problemsOf(environment, name),
    ...topologyProblems(parts, name),
    ...sizeProblems(parts, name),
    ...shardProblems(parts, name),
    ...arnProblems(parts, name),
    ...(isVpcCidr.problemsOf(parts.network?.cidr, "").length > 0
      ? []
      : capacityProblems(parts.network?.cidr, populationOf(parts), `${name}.network.cidr`)),
  ];
}

type DeepPartial<T> = T extends object ? { readonly [K in keyof T]?: DeepPartial<T[K]> } : T;

/** The event store is named in both objects; they must agree. */
function topologyProblems(environment: DeepPartial<Environment>, name: string): readonly Problem[] {
  const size = environment.infrastructure?.eventStore?.size;
  const clusterSize = environment.architecture?.writeSide?.eventStore?.clusterSize;
  const nodes =
    typeof size === "string" && Object.hasOwn(EVENT_STORE_SIZES, size)
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

/** What the nodes are to be is asked in one place, and on which machines in another. */
function sizeProblems({ infrastructure, kubernetes }: DeepPartial<Environment>, name: string): readonly Problem[] {
  const { instructionSet, instanceTypes } = kubernetes ?? {};
  if (optional(isInstructionSet).problemsOf(instructionSet, "").length > 0) return [];
  return (["write", "read"] as const).flatMap((side) => {
    const { cpu, memory } = infrastructure?.[`${side}Cluster`]?.resources ?? {};
    const instanceType = instanceTypes?.[side];
    const isKnown = coresOf(cpu) !== undefined && memoryGibOf(memory) !== undefined;
    if (!isKnown || optional(isInstanceType).problemsOf(instanceType, "").length > 0) return [];
    return nodeSizingProblems(
      { resources: { cpu, memory } as Compute, instanceType, instructionSet },
      {
        resources: `${name}.infrastructure.${side}Cluster.resources`,
        instanceType: `${name}.kubernetes.instanceTypes.${side}`,
      },
    );
  });
}

/** Without cluster mode there is one shard. A number that is wrong in itself was said already. */
function shardProblems(environment: DeepPartial<Environment>, name: string): readonly Problem[] {
  const shards = environment.readStore?.cache?.shards;
  const isClustered = environment.architecture?.readSide?.readDatabases?.cache?.cluster;
  const isSound = known(wholeNumber(SHARDS)).problemsOf(shards, "").length === 0;
  if (isClustered !== false || shards === 1 || !isSound) return [];
  return [
    {
      path: `${name}.readStore.cache.shards`,
      message: `must be 1 without architecture.readSide.readDatabases.cache.cluster, got ${shards}`,
    },
  ];
}

/** What is wrong in itself was said already, and counts for none. */
function populationOf({ infrastructure, architecture, readStore }: DeepPartial<Environment>): Population {
  const count = (value: unknown, bounds: Bounds) =>
    known(wholeNumber(bounds)).problemsOf(value, "").length === 0 ? Number(value) : 0;
  const { primary, cache } = architecture?.readSide?.readDatabases ?? {};
  const { shards = cache?.cluster === true ? 3 : 1, replicasPerShard = 1 } = readStore?.cache ?? {};
  return {
    nodes: count(infrastructure?.writeCluster?.nodes, NODES) + count(infrastructure?.readCluster?.nodes, NODES),
    replicas: count(primary?.replicas, READ_REPLICAS),
    cacheNodes: count(shards, SHARDS) * (1 + count(replicasPerShard, REPLICAS_PER_SHARD)),
  };
}

/** Whatever is named by an ARN must be where the environment is. */
function arnProblems({ region, administrators, state }: DeepPartial<Environment>, name: string): readonly Problem[] {
  if (known(isRegion).problemsOf(region, "").length > 0 || typeof region !== "string") return [];
  const partition = partitionOf(region);
  const isElsewhere = (arn: unknown) =>
    isPrincipalArn.problemsOf(arn, "").length === 0 &&
    !Token.isUnresolved(arn) &&
    !`${arn}`.startsWith(`arn:${partition}:`);
  const strangers = Object.entries(isObject(administrators) ? administrators : {}).filter(([, arn]) =>
    isElsewhere(arn),
  );
  const { keyArn } = state ?? {};
  const isKeyHere =
    Token.isUnresolved(keyArn) ||
    isKeyArn.problemsOf(keyArn, "").length > 0 ||
    `${keyArn}`.startsWith(`arn:${partition}:kms:${region}:`);
  return [
    ...strangers.map(([who, arn]) => ({
      path: `${name}.administrators.${who}`,
      message: `must begin with 'arn:${partition}:' in ${region}, got ${shown(arn)}`,
    })),
    ...(keyArn === undefined || isKeyHere
      ? []
      : [{ path: `${name}.state.keyArn`, message: `must be of a key in ${region}, got ${shown(keyArn)}` }]),
  ];
}
