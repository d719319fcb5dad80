import { ENVIRONMENT_NAME, isBucketName } from "../core/names";
import type { Problem } from "../core/problems";
import { isTrueOrFalse, mapOf, optional, type Rules, shape, text, wholeNumber } from "../core/rules";
import { ARCHITECTURE_RULES, type ProductionArchitecture } from "./architecture";
import { EVENT_STORE_SIZES, type EventStoreSize } from "./event-store-sizes";
import { INFRASTRUCTURE_RULES, type Infrastructure } from "./infrastructure";
import { isAdministrators, isKubernetesOptions, type KubernetesOptions } from "./kubernetes";
import { type ApiAccess, isApiAccess, isNetworkConfig, isRegion, isZones, type NetworkConfig } from "./network";
import { isReadStoreConfig, type ReadStoreConfig, SHARDS } from "./read-store";

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

const versionConstraint = optional(
  text("a version constraint such as '~> 6.25'", /^(?:(?:=|!=|>=?|<=?|~>)?\s*\d+(?:\.\d+){0,2}(?:\s*,\s*(?!$)|$))+$/),
);
/** AWS: what a tag takes in every service. */
const isTagKey = text(
  "named by at most 128 characters, not beginning with 'aws:'",
  /^(?!aws:)[\p{L}\p{N}\s_.:/=+\-@]{1,128}$/u,
);
const isTagValue = text(
  "a text of at most 256 letters, digits, spaces and _.:/=+-@",
  /^[\p{L}\p{N}\s_.:/=+\-@]{0,256}$/u,
);

const ENVIRONMENT_RULES: Rules<Environment> = {
  region: isRegion,
  infrastructure: shape(INFRASTRUCTURE_RULES),
  architecture: shape(ARCHITECTURE_RULES),
  network: isNetworkConfig,
  administrators: isAdministrators,
  apiAccess: optional(isApiAccess),
  kubernetes: optional(isKubernetesOptions),
  readStore: optional(isReadStoreConfig),
  state: optional(
    shape<StateConfig>({
      bucket: isBucketName,
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
  tags: optional(mapOf(isTagValue, isTagKey)),
  deletionProtection: optional(isTrueOrFalse),
};

/** Everything that is wrong with an environment; its name is where every path begins. */
export function environmentProblems(name: string, environment: unknown): readonly Problem[] {
  return [
    ...ENVIRONMENT_NAME.problemsOf(name, name),
    ...shape(ENVIRONMENT_RULES).problemsOf(environment, name),
    ...topologyProblems(environment as DeepPartial<Environment> | undefined, name),
    ...zoneProblems(environment as DeepPartial<Environment> | undefined, name),
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

/** A zone of another Region is refused by AWS, but only at apply. */
function zoneProblems(environment: DeepPartial<Environment> | undefined, name: string): readonly Problem[] {
  const { region, network } = environment ?? {};
  const zones = network?.availabilityZones;
  if (isRegion.problemsOf(region, name).length > 0 || isZones.problemsOf(zones, name).length > 0) return [];
  return (zones as readonly string[]).flatMap((zone, index) =>
    zone.slice(0, -1) === region
      ? []
      : [
          {
            path: `${name}.network.availabilityZones[${index}]`,
            message: `must be a zone of ${region}, got '${zone}'`,
          },
        ],
  );
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
