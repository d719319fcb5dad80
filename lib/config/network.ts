import { type Cidr, isPrivate, overlaps, privateRange, rangeOf } from "../core/cidr";
import type { Problem } from "../core/problems";
import { known, listOf, oneOf, optional, type Rule, refined, rule, shape, text, unique, within } from "../core/rules";

export interface NetworkConfig {
  /** The VPC's range, /16 to /20. */
  readonly cidr: Cidr;
  /** The managed event store's own range at its maker's, /8 to /24; it can never be changed. */
  readonly eventStoreCidr: Cidr;
  /** The clusters' virtual services, /12 to /24. @default '172.20.0.0/16' */
  readonly serviceCidr?: Cidr;
  /** Three zones. @default - the Region's a, b and c, where it has them */
  readonly availabilityZones?: readonly string[];
  /** One NAT gateway a zone, or one for all: cheaper, and gone with its zone. @default 'per-zone' */
  readonly natGateways?: NatGateways;
}

export type NatGateways = "per-zone" | "single";

export interface ApiAccess {
  /** Ranges that may reach the public endpoint; never the whole internet. */
  readonly cidrs: readonly Cidr[];
}

/** Regions in which an account has no zones a, b and c, or not all of them. */
export const REGIONS_WITH_OTHER_ZONES = ["ap-northeast-1", "ca-central-1", "us-west-1"];

export const DEFAULT_SERVICE_CIDR: Cidr = "172.20.0.0/16";

const VPC_PREFIX = { min: 16, max: 20 } as const;
const EVENT_STORE_PREFIX = { min: 8, max: 24 } as const;
const SERVICE_PREFIX = { min: 12, max: 24 } as const;
const ZONES = { min: 3, max: 3 } as const;
/** Ours: what is wider than an office or a provider's network is a typing error. */
const API_PREFIX = { min: 16, max: 32 } as const;
/** EKS: ranges of one cluster. */
const API_RANGES = { min: 1, max: 40 } as const;

const REGION = "[a-z]{2}(?:-[a-z]+)+-\\d";

/** China's Regions are another AWS, whose services have other names, and Kurrent is not there. */
export const isRegion: Rule = text("a Region such as 'eu-central-1', outside China", new RegExp(`^(?!cn-)${REGION}$`));
export const isZones: Rule = unique(
  known(listOf(text("a zone such as 'eu-central-1a'", new RegExp(`^${REGION}[a-z]$`)), ZONES)),
);
export const isServiceCidr = privateRange(SERVICE_PREFIX, "172.20.0.0/16");
export const isEventStoreCidr = privateRange(EVENT_STORE_PREFIX, "10.1.0.0/22");
export const isVpcCidr = privateRange(VPC_PREFIX, "10.0.0.0/16");
export const isApiAccess = shape<ApiAccess>({
  cidrs: unique(
    listOf(
      rule("a public range of /16 to /32 such as '203.0.113.0/24'", (value) => {
        const range = rangeOf(value);
        return range !== undefined && within(API_PREFIX, range.subnetMask) && !isPrivate(range);
      }),
      API_RANGES,
    ),
  ),
});
export const isNetworkConfig = refined<NetworkConfig>(
  shape<NetworkConfig>({
    cidr: isVpcCidr,
    eventStoreCidr: isEventStoreCidr,
    serviceCidr: optional(isServiceCidr),
    availabilityZones: optional(isZones),
    natGateways: optional(oneOf(["per-zone", "single"])),
  }),
  overlapProblems,
);

/** Ranges that one node must reach can't share an address. */
function overlapProblems(network: NetworkConfig, path: string): readonly Problem[] {
  const { cidr, eventStoreCidr, serviceCidr = DEFAULT_SERVICE_CIDR } = network;
  // The one that has a default comes first: an overlap is told at a key that the user wrote.
  const named = Object.entries({ serviceCidr, cidr, eventStoreCidr });
  return named.flatMap(([key, value], index) =>
    named.slice(0, index).flatMap(([otherKey, other]) => {
      const [a, b] = [rangeOf(value), rangeOf(other)];
      return a && b && overlaps(a, b)
        ? [{ path: `${path}.${key}`, message: `must not overlap ${otherKey} '${other}', got '${value}'` }]
        : [];
    }),
  );
}
