import { type InstructionSet, instanceTypeOf } from "./instance-types";
import { coresOf, MIB_PER_GIB, MILLICORES_PER_CORE, memoryGibOf } from "./quantities";
import { type Compute, nodeTypeOf } from "./sizing";

/** CPU in thousandths of a core, and memory in MiB. */
export interface Amount {
  readonly cpu: number;
  readonly memory: number;
}

export const plus = (a: Amount, b: Amount): Amount => ({ cpu: a.cpu + b.cpu, memory: a.memory + b.memory });
export const minus = (a: Amount, b: Amount): Amount => ({ cpu: a.cpu - b.cpu, memory: a.memory - b.memory });
export const times = (a: Amount, count: number): Amount => ({ cpu: a.cpu * count, memory: a.memory * count });
export const fitsInto = (a: Amount, b: Amount): boolean => a.cpu <= b.cpu && a.memory <= b.memory;

/** A node of a cluster as EKS starts it. */
export interface NodeCapacity {
  /** Undefined where no instance type has what is asked for. */
  readonly instanceType?: string;
  /** What Kubernetes gives to pods: the node's allocatable capacity, before DaemonSets. */
  readonly allocatable: Amount;
  /** EKS: pods of a node with prefix delegation. */
  readonly maxPods: number;
}

/**
 * Share of an instance's memory that firmware, hypervisor and kernel keep, so that the kubelet does not see it: Karpenter's
 * default `VM_MEMORY_OVERHEAD_PERCENT`. Instances that were measured keep 1.6 to 6 %.
 */
const HIDDEN_MEMORY = 0.075;
/** AL2023's kubelet starts to evict pods below this: `evictionHard` of nodeadm. */
const EVICTION_MIB = 100;
/** nodeadm reserves `255 MiB + 11 MiB a pod` for itself. */
const RESERVED_MIB = { base: 255, perPod: 11 } as const;
/**
 * Pods for which nodeadm reserves memory, by vCPUs. It counts an instance's network interfaces and addresses, also with
 * prefix delegation (`eni-max-pods.txt`). In the families of `instance-types.ts` more vCPUs never have fewer. Below 2 vCPUs: 8.
 */
const RESERVED_PODS: readonly (readonly [cores: number, pods: number])[] = [
  [64, 737],
  [16, 234],
  [4, 58],
  [2, 29],
  [1, 8],
];
/** nodeadm: shares of the first core, of the second, of the next two, and of the others. */
const RESERVED_CPU: readonly (readonly [cores: number, share: number])[] = [
  [1, 0.06],
  [1, 0.01],
  [2, 0.005],
  [Number.POSITIVE_INFINITY, 0.0025],
];
/** EKS: pods of a node of a managed node group with prefix delegation. */
const MAX_PODS = { small: 110, large: 250, largeFromCores: 30 } as const;

/**
 * What a node has for pods. An instance type of one's own choice may have more than `resources` ask for.
 * @returns undefined if cores or memory are not sound.
 *
 * https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/internal/kubelet/config.go
 */
export function nodeCapacityOf(
  resources: Partial<Record<keyof Compute, unknown>>,
  instructionSet?: InstructionSet,
  chosen?: string,
  region?: string,
): NodeCapacity | undefined {
  const asked = { cores: coresOf(resources.cpu), gib: memoryGibOf(resources.memory) };
  if (asked.cores === undefined || asked.gib === undefined) return undefined;
  const instanceType = nodeTypeOf({ resources: resources as Compute, instanceType: chosen, instructionSet, region });
  const { cores = asked.cores, gib = asked.gib } = (instanceType && instanceTypeOf(instanceType)) || {};
  return {
    instanceType,
    allocatable: {
      cpu: cores * MILLICORES_PER_CORE - reservedCpu(cores),
      memory: Math.floor(gib * MIB_PER_GIB * (1 - HIDDEN_MEMORY)) - reservedMemory(cores) - EVICTION_MIB,
    },
    maxPods: cores < MAX_PODS.largeFromCores ? MAX_PODS.small : MAX_PODS.large,
  };
}

function reservedCpu(cores: number): number {
  let left = cores;
  let reserved = 0;
  for (const [count, share] of RESERVED_CPU) {
    const counted = Math.min(left, count);
    reserved += counted * MILLICORES_PER_CORE * share;
    left -= counted;
  }
  return Math.ceil(reserved);
}

function reservedMemory(cores: number): number {
  const pods = RESERVED_PODS.find(([least]) => cores >= least)?.[1] ?? 0;
  return RESERVED_MIB.base + RESERVED_MIB.perPod * pods;
}
