import { Token } from "cdktf";
import { isAccount, isKeyArn, isPrincipalArn, partitionOf } from "../core/arns";
import { isPlainObject } from "../core/plain-object";
import { type Problem, shown } from "../core/problems";
import { type Bounds, known, optional, wholeNumber } from "../core/rules";
import { READ_REPLICAS } from "./architecture";
import { clusterCapacityProblems } from "./cluster-capacity";
import { podAddressesOf } from "./cluster-pods";
import type { DeepPartial } from "./deep-partial";
import { EVENT_STORE_SIZES, type EventStoreSize } from "./event-store-sizes";
import { BACKUP_RETENTION, NODES } from "./infrastructure";
import { isInstanceType, isInstructionSet } from "./instance-types";
import type { KubernetesOptions } from "./kubernetes";
import type { MonitoringOptions } from "./monitoring";
import { monitoringProblems } from "./monitoring-relations";
import { isRegion, isVpcCidr, type NetworkConfig } from "./network";
import { coresOf, isDays, memoryGibOf } from "./quantities";
import { defaultCacheResources, REPLICAS_PER_SHARD, type ReadStoreConfig, SHARDS } from "./read-store";
import { isRecoveryConfig, type RecoveryConfig, recoveryProblems } from "./recovery";
import { type ServiceParts, serviceProblems } from "./service-relations";
import { BOTH_SIDES } from "./side";
import { type Compute, databaseSizingProblems, nodeSizingProblems } from "./sizing";
import { spareNodesOf } from "./spare-nodes";
import { networkProblems, type Population } from "./subnet-addresses";

/** The parts that must agree, each as unsound as it may be. */
type EnvironmentParts = ServiceParts & {
  readonly monitoring?: DeepPartial<MonitoringOptions>;
  readonly region?: string;
  readonly account?: unknown;
  readonly network?: DeepPartial<NetworkConfig>;
  readonly administrators?: unknown;
  readonly kubernetes?: DeepPartial<KubernetesOptions>;
  readonly readStore?: DeepPartial<ReadStoreConfig>;
  readonly recovery?: DeepPartial<RecoveryConfig>;
  readonly state?: { readonly keyArn?: unknown };
};

/** What is wrong between the parts of an environment, said if each of the parts concerned is sound by itself. */
export const relationProblems = (parts: EnvironmentParts, name: string): readonly Problem[] => [
  ...topologyProblems(parts, name),
  ...sizeProblems(parts, name),
  ...databaseProblems(parts, name),
  ...shardProblems(parts, name),
  ...arnProblems(parts, name),
  ...serviceProblems(parts, name),
  ...monitoringProblems(parts, name),
  ...recoveryRelations(parts, name),
  ...clusterCapacityProblems(parts, name),
  ...(isVpcCidr.problemsOf(parts.network?.cidr, "").length > 0
    ? []
    : networkProblems(parts.network?.cidr, populationOf(parts), `${name}.network.cidr`)),
];

/** The event store is named in both objects; they must agree. */
function topologyProblems(environment: EnvironmentParts, name: string): readonly Problem[] {
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
function sizeProblems({ infrastructure, kubernetes, region }: EnvironmentParts, name: string): readonly Problem[] {
  const { instructionSet, instanceTypes } = kubernetes ?? {};
  if (optional(isInstructionSet).problemsOf(instructionSet, "").length > 0) return [];
  return BOTH_SIDES.flatMap((side) => {
    const { cpu, memory } = infrastructure?.[`${side}Cluster`]?.resources ?? {};
    const instanceType = instanceTypes?.[side];
    const isKnown = coresOf(cpu) !== undefined && memoryGibOf(memory) !== undefined;
    if (!isKnown || optional(isInstanceType).problemsOf(instanceType, "").length > 0) return [];
    return nodeSizingProblems(
      {
        resources: { cpu, memory } as Compute,
        instanceType,
        instructionSet,
        region,
      },
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
  if (coresOf(cpu) === undefined || memoryGibOf(memory) === undefined) return [];
  return databaseSizingProblems(
    { resources: { cpu, memory } as Compute, instanceClass, region },
    { resources: `${name}.readStore.database`, instanceClass: `${name}.readStore.instanceClass` },
  );
}

/** What is kept for how long is said in one place, and locked in another. */
function recoveryRelations(parts: EnvironmentParts, name: string): readonly Problem[] {
  const { recovery, infrastructure, region } = parts;
  const { retention } = infrastructure?.eventStore?.backup ?? {};
  const problems = [
    ...isRecoveryConfig.problemsOf(recovery, ""),
    ...isRegion.problemsOf(region, ""),
    ...isDays(BACKUP_RETENTION).problemsOf(retention, ""),
  ];
  if (recovery === undefined || problems.length > 0) return [];
  const account = known(isAccount).problemsOf(parts.account, "").length > 0 ? undefined : String(parts.account);
  const surroundings = { region: String(region), account, retention };
  return recoveryProblems(recovery as RecoveryConfig, surroundings, `${name}.recovery`);
}

/** Without cluster mode there is one shard. A number that is wrong in itself was said already. */
function shardProblems(environment: EnvironmentParts, name: string): readonly Problem[] {
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
function populationOf(parts: EnvironmentParts): Population {
  const { infrastructure, architecture, readStore } = parts;
  const count = (value: unknown, bounds: Bounds) =>
    known(wholeNumber(bounds)).problemsOf(value, "").length === 0 ? Number(value) : 0;
  const { primary, cache } = architecture?.readSide?.readDatabases ?? {};
  const { shards, replicasPerShard } = readStore?.cache ?? defaultCacheResources(cache?.cluster === true);
  return {
    clusters: BOTH_SIDES.map((side) => ({
      nodes: count(infrastructure?.[`${side}Cluster`]?.nodes, NODES),
      spareNodes: count(spareNodesOf(parts, side), NODES),
      ...podAddressesOf(parts, side),
    })),
    replicas: count(primary?.replicas, READ_REPLICAS),
    cacheNodes: count(shards, SHARDS) * (1 + count(replicasPerShard, REPLICAS_PER_SHARD)),
  };
}

/** Whatever is named by an ARN must be where the environment is. */
function arnProblems({ region, administrators, state }: EnvironmentParts, name: string): readonly Problem[] {
  if (known(isRegion).problemsOf(region, "").length > 0 || typeof region !== "string") return [];
  const partition = partitionOf(region);
  const isElsewhere = (arn: unknown) =>
    isPrincipalArn.problemsOf(arn, "").length === 0 &&
    !Token.isUnresolved(arn) &&
    !`${arn}`.startsWith(`arn:${partition}:`);
  const strangers = Object.entries(isPlainObject(administrators) ? administrators : {}).filter(([, arn]) =>
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
