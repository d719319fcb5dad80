import { Token } from "cdktf";
import { partitionOf } from "../core/arns";
import { type Problem, shown } from "../core/problems";
import { clusterCapacityProblems } from "./cluster-capacity";
import { podAddressesOf } from "./cluster-pods";
import type { DeepPartial } from "./deep-partial";
import { EVENT_STORE_SIZES } from "./event-store-sizes";
import type { KubernetesOptions } from "./kubernetes";
import type { MonitoringOptions } from "./monitoring";
import { monitoringProblems } from "./monitoring-relations";
import type { NetworkConfig } from "./network";
import { defaultCacheResources, type ReadStoreConfig } from "./read-store";
import { isRecoveryConfig, type RecoveryConfig, recoveryProblems } from "./recovery";
import { type ServiceParts, serviceProblems } from "./service-relations";
import { BOTH_SIDES } from "./side";
import { databaseSizingProblems, nodeSizingProblems } from "./sizing";
import { spareNodesOf } from "./spare-nodes";
import { type StateConfig, stateProblems } from "./state";
import { networkProblems, type Population } from "./subnet-addresses";

/** The parts that must agree. What is there is sound by itself, and what is not is left out: any of it may be missing. */
type EnvironmentParts = ServiceParts & {
  readonly monitoring?: DeepPartial<MonitoringOptions>;
  readonly region?: string;
  readonly account?: string;
  readonly network?: DeepPartial<NetworkConfig>;
  readonly administrators?: Readonly<Record<string, string | undefined>>;
  readonly kubernetes?: DeepPartial<KubernetesOptions>;
  readonly readStore?: DeepPartial<ReadStoreConfig>;
  readonly recovery?: DeepPartial<RecoveryConfig>;
  readonly state?: DeepPartial<StateConfig>;
};

/** What is wrong between the parts of an environment, said of those that are there. */
export const relationProblems = (parts: EnvironmentParts, name: string): readonly Problem[] => [
  ...topologyProblems(parts, name),
  ...sizeProblems(parts, name),
  ...databaseProblems(parts, name),
  ...shardProblems(parts, name),
  ...arnProblems(parts, name),
  ...serviceProblems(parts, name),
  ...monitoringProblems(parts, name),
  ...recoveryRelations(parts, name),
  ...stateRelations(parts, name),
  ...clusterCapacityProblems(parts, name),
  ...(parts.network?.cidr === undefined
    ? []
    : networkProblems(parts.network.cidr, populationOf(parts), `${name}.network.cidr`)),
];

/** The event store is named in both objects; they must agree. */
function topologyProblems(environment: EnvironmentParts, name: string): readonly Problem[] {
  const size = environment.infrastructure?.eventStore?.size;
  const clusterSize = environment.architecture?.writeSide?.eventStore?.clusterSize;
  if (size === undefined || clusterSize === undefined) return [];
  const { nodes } = EVENT_STORE_SIZES[size];
  if (nodes === clusterSize) return [];
  return [
    {
      path: `${name}.architecture.writeSide.eventStore.clusterSize`,
      message: `must be ${nodes}, the nodes of infrastructure.eventStore.size '${size}', got ${clusterSize}`,
    },
  ];
}

/** What the nodes are to be is asked in one place, and on which machines in another. */
function sizeProblems({ infrastructure, kubernetes, region }: EnvironmentParts, name: string): readonly Problem[] {
  const { instructionSet, instanceTypes } = kubernetes ?? {};
  return BOTH_SIDES.flatMap((side) => {
    const { cpu, memory } = infrastructure?.[`${side}Cluster`]?.resources ?? {};
    if (cpu === undefined || memory === undefined) return [];
    return nodeSizingProblems(
      { resources: { cpu, memory }, instanceType: instanceTypes?.[side], instructionSet, region },
      {
        resources: `${name}.infrastructure.${side}Cluster.resources`,
        instanceType: `${name}.kubernetes.instanceTypes.${side}`,
      },
    );
  });
}

/** What a database is to be, and of which class. */
function databaseProblems({ readStore, region }: EnvironmentParts, name: string): readonly Problem[] {
  const { database, instanceClass } = readStore ?? {};
  const { cpu, memory } = database ?? {};
  if (cpu === undefined || memory === undefined) return [];
  return databaseSizingProblems(
    { resources: { cpu, memory }, instanceClass, region },
    { resources: `${name}.readStore.database`, instanceClass: `${name}.readStore.instanceClass` },
  );
}

/** What is kept for how long is said in one place, and locked in another. */
function recoveryRelations(parts: EnvironmentParts, name: string): readonly Problem[] {
  const { recovery, infrastructure, region, account } = parts;
  const { retention } = infrastructure?.eventStore?.backup ?? {};
  // A part of it alone may lack what its relations need.
  const isWhole = recovery !== undefined && isRecoveryConfig.problemsOf(recovery, "").length === 0;
  if (!isWhole || region === undefined || retention === undefined) return [];
  return recoveryProblems(recovery as RecoveryConfig, { region, account, retention }, `${name}.recovery`);
}

/** Where the state is replicated to, beside where everything is. */
const stateRelations = ({ state, region }: EnvironmentParts, name: string): readonly Problem[] =>
  state === undefined || region === undefined ? [] : stateProblems(state, region, `${name}.state`);

/** Without cluster mode there is one shard. What only Terraform knows can't be compared. */
function shardProblems(environment: EnvironmentParts, name: string): readonly Problem[] {
  const shards = environment.readStore?.cache?.shards;
  const isClustered = environment.architecture?.readSide?.readDatabases?.cache?.cluster;
  if (isClustered !== false || shards === undefined || shards === 1 || Token.isUnresolved(shards)) return [];
  return [
    {
      path: `${name}.readStore.cache.shards`,
      message: `must be 1 without architecture.readSide.readDatabases.cache.cluster, got ${shards}`,
    },
  ];
}

/** What is missing, or what only Terraform knows, counts for none. */
function populationOf(parts: EnvironmentParts): Population {
  const { infrastructure, architecture, readStore } = parts;
  const count = (value: number | undefined) => (value === undefined || Token.isUnresolved(value) ? 0 : value);
  const { primary, cache } = architecture?.readSide?.readDatabases ?? {};
  const { shards, replicasPerShard } = readStore?.cache ?? defaultCacheResources(cache?.cluster === true);
  return {
    clusters: BOTH_SIDES.map((side) => ({
      nodes: count(infrastructure?.[`${side}Cluster`]?.nodes),
      spareNodes: spareNodesOf(parts, side),
      ...podAddressesOf(parts, side),
    })),
    replicas: count(primary?.replicas),
    cacheNodes: count(shards) * (1 + count(replicasPerShard)),
  };
}

/** Whatever is named by an ARN must be where the environment is. */
function arnProblems({ region, administrators, state }: EnvironmentParts, name: string): readonly Problem[] {
  if (region === undefined) return [];
  const partition = partitionOf(region);
  const strangers = Object.entries(administrators ?? {}).filter(
    ([, arn]) => arn !== undefined && !Token.isUnresolved(arn) && !arn.startsWith(`arn:${partition}:`),
  );
  const { keyArn, region: keyRegion = region } = state ?? {};
  return [
    ...strangers.map(([who, arn]) => ({
      path: `${name}.administrators.${who}`,
      message: `must begin with 'arn:${partition}:' in ${region}, got ${shown(arn)}`,
    })),
    ...(keyArn === undefined || keyArn.startsWith(`arn:${partition}:kms:${keyRegion}:`)
      ? []
      : [{ path: `${name}.state.keyArn`, message: `must be of a key in ${keyRegion}, got ${shown(keyArn)}` }]),
  ];
}
