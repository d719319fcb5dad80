import { rangeOf } from "../core/cidr";
import type { Problem } from "../core/problems";

/** Bits by which a subnet's prefix is longer than its network's. */
export const SUBNET_BITS = { private: 3, public: 8, data: 8 } as const;

const ZONES = 3;
/** AWS: addresses of each subnet that it keeps for itself. */
const KEPT = 5;
/** RDS and ElastiCache: an address of each subnet, for the instance that takes another's place. */
const SPARE = 1;
/** A node's own address and the prefix of 16 for its first pods; the network add-on takes further ones as pods come. */
const ADDRESSES_PER_NODE = 17;
/** A primary and the standby that takes over from it. */
const DATABASE_INSTANCES = 2;

/** How many there are to be of whatever takes addresses. */
export interface Population {
  readonly nodes: number;
  readonly replicas: number;
  readonly cacheNodes: number;
}

/** AWS would make what fits, and leave the rest waiting for addresses that never come; a VPC's range can't be changed. */
export function capacityProblems(
  cidr: unknown,
  { nodes, replicas, cacheNodes }: Population,
  path: string,
): readonly Problem[] {
  const range = rangeOf(cidr);
  if (range === undefined) return [];
  const roomIn = (tier: keyof typeof SUBNET_BITS, spare: number) =>
    ZONES * (2 ** (32 - range.subnetMask - SUBNET_BITS[tier]) - KEPT - spare);
  const demands = [
    { what: "nodes and their pods", wanted: nodes * ADDRESSES_PER_NODE, room: roomIn("private", 0) },
    { what: "databases and caches", wanted: DATABASE_INSTANCES + replicas + cacheNodes, room: roomIn("data", SPARE) },
  ];
  return demands
    .filter(({ wanted, room }) => wanted > room)
    .map(({ what, wanted, room }) => ({
      path,
      message: `must be wide enough for ${wanted} addresses of ${what}, got '${cidr}' with ${room}`,
    }));
}
