import { rangeOf } from "../core/cidr";
import type { Problem } from "../core/problems";
import { MAX_UNAVAILABLE_PERCENT, mostInZone, ZONES } from "./zones";

/** Bits by which a subnet's prefix is longer than its network's. */
export const SUBNET_BITS = { private: 3, public: 8, data: 8 } as const;

/** AWS: addresses of each subnet that it keeps for itself. */
const KEPT = 5;
/** RDS and ElastiCache: an address of each data subnet, for the instance that takes another's place. */
const SPARE = 1;
/** Of each private subnet: seven interface endpoints, two balancers, and up to four interfaces of the control planes, rounded up. */
const ENDPOINTS = 16;
/** VPC CNI: addresses of a prefix. */
const PREFIX = 16;
/**
 * Addresses of a node beside those of its pods: its own, a warm prefix (`WARM_PREFIX_TARGET`), and up to 15 that its pods
 * leave of their last prefix. A node with 1 to 16 pods takes 33 in all.
 *
 * https://github.com/aws/amazon-vpc-cni-k8s/blob/master/docs/prefix-and-ip-target.md
 */
const ADDRESSES_PER_NODE = 1 + PREFIX + (PREFIX - 1);
/**
 * EKS: nodes that an update adds to the node group of a zone before it removes others: twice its zones, or as many as may be
 * unavailable. https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html
 */
const LEAST_OF_UPDATE = 2;
/** A primary and the standby that takes over from it. */
const DATABASE_INSTANCES = 2;

/** How many there are to be of whatever takes addresses. */
export interface Population {
  readonly clusters: readonly ClusterPopulation[];
  readonly replicas: number;
  readonly cacheNodes: number;
}

export interface ClusterPopulation {
  readonly nodes: number;
  readonly spareNodes: number;
  /** Pods at an autoscaler's maximum. */
  readonly pods: number;
  /** Pods of DaemonSets that do not use their node's own address. */
  readonly podsEachNode: number;
}

/**
 * Subnets that are too small. AWS would make what fits, and leave the rest waiting for addresses that never come; a VPC's
 * range can't be changed. The private subnet of the zone with most nodes counts, because no zone gives addresses to another.
 */
export function networkProblems(
  cidr: unknown,
  { clusters, replicas, cacheNodes }: Population,
  path: string,
): readonly Problem[] {
  const range = rangeOf(cidr);
  if (range === undefined) return [];
  const roomIn = (tier: keyof typeof SUBNET_BITS, taken: number) =>
    2 ** (32 - range.subnetMask - SUBNET_BITS[tier]) - KEPT - taken;
  const demands = [
    {
      what: "nodes and pods in each private subnet",
      wanted: clusters.map(addressesInZone).reduce((sum, each) => sum + each, 0),
      room: roomIn("private", ENDPOINTS),
    },
    {
      what: "databases and caches",
      wanted: DATABASE_INSTANCES + replicas + cacheNodes,
      room: ZONES * roomIn("data", SPARE),
    },
  ];
  return demands
    .filter(({ wanted, room }) => wanted > room)
    .map(({ what, wanted, room }) => ({
      path,
      message: `must have room for ${wanted} addresses of ${what}, got '${cidr}' with ${room}`,
    }));
}

function addressesInZone({ nodes, spareNodes, pods, podsEachNode }: ClusterPopulation): number {
  if (nodes === 0) return 0;
  const own = mostInZone(nodes);
  const unavailable = Math.ceil((own * MAX_UNAVAILABLE_PERCENT) / 100);
  const all = own + mostInZone(spareNodes) + Math.max(LEAST_OF_UPDATE, unavailable);
  return all * (ADDRESSES_PER_NODE + podsEachNode) + mostInZone(pods);
}
