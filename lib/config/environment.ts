import { Token } from "cdktf";
import { ENVIRONMENT_NAME, isBucketName } from "../core/names";
import { alternatives, type Problem } from "../core/problems";
import { isTrueOrFalse, mapOf, optional, type Rules, rule, shape, text, wholeNumber } from "../core/rules";
import { ARCHITECTURE_RULES, type ProductionArchitecture } from "./architecture";
import { EVENT_STORE_SIZES, type EventStoreSize } from "./event-store-sizes";
import { INFRASTRUCTURE_RULES, type Infrastructure, isNodeResources, type NodeResources } from "./infrastructure";
import { isAdministrators, isKubernetesOptions, type KubernetesOptions } from "./kubernetes";
import {
  type ApiAccess,
  isApiAccess,
  isNetworkConfig,
  isRegion,
  isZones,
  type NetworkConfig,
  REGIONS_WITH_OTHER_ZONES,
} from "./network";
import { isReadStoreConfig, type ReadStoreConfig, SHARDS } from "./read-store";
import { nodeSizingProblems } from "./sizing";

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
/** Our own tags, which IAM does not tell from others by case. */
const OUR_TAGS = ["environment", "stack", "managedby", "name"];
/** AWS: what a tag takes in every service; and no '=', at which the driver of the pods' volumes cuts. */
const isTagKey = rule(
  `named by at most 128 letters, digits, spaces and _.:/+-@, not beginning with 'aws:', and not ${alternatives(OUR_TAGS)}`,
  (key) =>
    typeof key === "string" &&
    /^(?!aws:)[\p{L}\p{N} _.:/+\-@]{1,128}$/u.test(key) &&
    !OUR_TAGS.includes(key.toLowerCase()),
);
const isTagValue = text(
  "a text of at most 256 letters, digits, spaces and _.:/=+-@",
  /^[\p{L}\p{N} _.:/=+\-@]{0,256}$/u,
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
    ...sizeProblems(environment as DeepPartial<Environment> | undefined, name),
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
function sizeProblems(environment: DeepPartial<Environment> | undefined, name: string): readonly Problem[] {
  const { infrastructure, kubernetes } = environment ?? {};
  if (optional(isKubernetesOptions).problemsOf(kubernetes, name).length > 0) return [];
  return (["write", "read"] as const).flatMap((side) => {
    const resources = infrastructure?.[`${side}Cluster`]?.resources;
    if (isNodeResources.problemsOf(resources, name).length > 0) return [];
    return nodeSizingProblems(
      {
        resources: resources as NodeResources,
        instanceType: kubernetes?.instanceTypes?.[side],
        instructionSet: kubernetes?.instructionSet,
      },
      {
        resources: `${name}.infrastructure.${side}Cluster.resources`,
        instanceType: `${name}.kubernetes.instanceTypes.${side}`,
      },
    );
  });
}

/** A zone that is not the Region's, or is in no account, is refused by AWS, but only at apply. */
function zoneProblems(environment: DeepPartial<Environment> | undefined, name: string): readonly Problem[] {
  const { region, network } = environment ?? {};
  if (isRegion.problemsOf(region, name).length > 0 || Token.isUnresolved(region)) return [];
  const path = `${name}.network.availabilityZones`;
  const zones = network?.availabilityZones;
  if (zones === undefined) {
    return REGIONS_WITH_OTHER_ZONES.includes(region as string)
      ? [
          {
            path,
            message: `is missing, must be ${isZones.allowed}: an account in ${region} has others than a, b and c`,
          },
        ]
      : [];
  }
  if (isZones.problemsOf(zones, name).length > 0) return [];
  return (zones as readonly string[]).flatMap((zone, index) =>
    zone.slice(0, -1) === region
      ? []
      : [{ path: `${path}[${index}]`, message: `must be a zone of ${region}, got '${zone}'` }],
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
