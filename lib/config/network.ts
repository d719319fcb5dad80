import { type Cidr, overlaps, privateRange, rangeOf } from "../core/cidr";
import type { Problem } from "../core/problems";
import { known, listOf, oneOf, optional, type Rule, refined, rule, shape, text } from "../core/rules";

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

export const DEFAULT_SERVICE_CIDR: Cidr = "172.20.0.0/16";

const VPC_PREFIX = { min: 16, max: 20 } as const;
const EVENT_STORE_PREFIX = { min: 8, max: 24 } as const;
const SERVICE_PREFIX = { min: 12, max: 24 } as const;
const ZONES = { min: 3, max: 3 } as const;

const REGION = "[a-z]{2}(?:-[a-z]+)+-\\d";

export const isRegion: Rule = text("a Region such as 'eu-central-1'", new RegExp(`^${REGION}$`));
export const isZones: Rule = refined<readonly string[]>(
  known(listOf(text("a zone such as 'eu-central-1a'", new RegExp(`^${REGION}[a-z]$`)), ZONES)),
  (zones, path) =>
    zones.flatMap((zone, index) =>
      zones.indexOf(zone) === index
        ? []
        : [{ path: `${path}[${index}]`, message: `must be another zone, got '${zone}' twice` }],
    ),
);
export const isServiceCidr = privateRange(SERVICE_PREFIX, "172.20.0.0/16");
export const isEventStoreCidr = privateRange(EVENT_STORE_PREFIX, "10.1.0.0/22");
export const isVpcCidr = privateRange(VPC_PREFIX, "10.0.0.0/16");
export const isApiAccess = shape<ApiAccess>({
  cidrs: listOf(
    rule(
      "a range of /8 to /32 such as '203.0.113.0/24', never the whole internet",
      (value) => (rangeOf(value)?.subnetMask ?? 0) >= 8,
    ),
    { min: 1, max: 40 },
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
