import { Token } from "cdktf";
import { type Cidr, isPublic, overlaps, privateRange, rangeOf } from "../core/cidr";
import { alternatives } from "../core/problems";
import {
  computableListOf,
  known,
  listOf,
  oneOf,
  optional,
  type Relation,
  type Rule,
  refined,
  rule,
  shape,
  text,
  unique,
  within,
} from "../core/rules";
import { REGIONS } from "./aws-regions";
import { ZONES } from "./zones";

export interface NetworkConfig {
  /** The VPC's range, private, /16 to /20; apart from those of whatever it is ever to be peered with. */
  readonly cidr: Cidr;
  /** The managed event store's own range at its maker's, /8 to /24; it can never be changed. */
  readonly eventStoreCidr: Cidr;
  /** The clusters' virtual services, /12 to /24. @default '172.20.0.0/16' */
  readonly serviceCidr?: Cidr;
  /** Three zones of the Region. @default - its a, b and c; needed where an account has others */
  readonly availabilityZones?: readonly string[];
  /** One NAT gateway a zone, or one for all: cheaper, and gone with its zone. @default 'per-zone' */
  readonly natGateways?: NatGateways;
}

export type NatGateways = "per-zone" | "single";

export interface ApiAccess {
  /** Ranges that may reach the public endpoint, 1 to 40 of /16 to /32; never the whole internet, nor private ones. */
  readonly cidrs: readonly Cidr[];
}

/** Regions in which an account has no zones a, b and c, or not all of them: it must say which it has. */
const REGIONS_WITH_OTHER_ZONES = ["ap-northeast-1", "ca-central-1", "us-west-1"];

export const DEFAULT_SERVICE_CIDR: Cidr = "172.20.0.0/16";

/** AWS: a VPC is no wider than /16, and no subnet narrower than /28, which our smallest are in a /20. */
const VPC_PREFIX = { min: 16, max: 20 } as const;
/** Kurrent: a network's range at AWS. */
const EVENT_STORE_PREFIX = { min: 8, max: 24 } as const;
/** EKS: a cluster's service range. */
const SERVICE_PREFIX = { min: 12, max: 24 } as const;
/** Ours: stores, caches and the event store keep a quorum when one zone fails. */
const ZONES_GIVEN = { min: ZONES, max: ZONES } as const;
/** Ours: what is wider than an office or a provider's network is a typing error. */
const API_PREFIX = { min: 16, max: 32 } as const;
/** EKS: ranges of one cluster. */
const API_RANGES = { min: 1, max: 40 } as const;

/**
 * China's, the secret Regions and the European Sovereign Cloud are other partitions, whose services have other names, and
 * none of which has Kurrent Cloud.
 */
const ALL_REGIONS = Object.values(REGIONS).flat();

export const isRegion: Rule = rule(
  "a Region such as 'eu-central-1', outside China",
  (value) => typeof value === "string" && ALL_REGIONS.includes(value),
);
export const isZones: Rule = refined<readonly string[]>(
  zones("a zone such as 'eu-central-1a'", `(?:${ALL_REGIONS.join("|")})`),
  (given, path) => {
    const named = given.filter((zone) => !Token.isUnresolved(zone));
    const regions = [...new Set(named.map((zone) => zone.slice(0, -1)))];
    return regions.length < 2 ? [] : [{ path, message: `must be of one Region, got ${alternatives(regions, "and")}` }];
  },
);
export const isServiceCidr = privateRange(SERVICE_PREFIX, "172.20.0.0/16");
export const isEventStoreCidr = privateRange(EVENT_STORE_PREFIX, "10.1.0.0/22");
export const isVpcCidr = privateRange(VPC_PREFIX, "10.0.0.0/16");
export const isApiAccess = shape<ApiAccess>({
  cidrs: unique(
    computableListOf(
      rule(`a public range of /${API_PREFIX.min} to /${API_PREFIX.max} such as '203.0.113.0/24'`, (value) => {
        const range = rangeOf(value);
        return range !== undefined && within(API_PREFIX, range.subnetMask) && isPublic(range);
      }),
      API_RANGES,
    ),
  ),
});

/** A network in one Region; in any, where the Region is none. */
export const isNetworkConfig = (region: unknown): Rule =>
  shape<NetworkConfig>(
    {
      cidr: isVpcCidr,
      eventStoreCidr: isEventStoreCidr,
      serviceCidr: optional(isServiceCidr),
      availabilityZones: isZonesOf(region),
      natGateways: optional(oneOf(["per-zone", "single"])),
    },
    apart("cidr", "serviceCidr"),
    apart("eventStoreCidr", "serviceCidr"),
    apart("eventStoreCidr", "cidr"),
  );

/** A zone that is not the Region's, or is in no account, is refused by AWS, but only at apply. */
function isZonesOf(region: unknown): Rule {
  if (typeof region !== "string" || known(isRegion).problemsOf(region, "").length > 0) return optional(isZones);
  const own = zones(`a zone that your account has in ${region}, such as '${region}a'`, region);
  return REGIONS_WITH_OTHER_ZONES.includes(region) ? own : optional(own);
}

function zones(allowed: string, region: string): Rule {
  return unique(listOf(text(allowed, new RegExp(`^${region}[a-z]$`)), ZONES_GIVEN));
}

/** Ranges that one node must reach can't share an address. */
function apart(key: "cidr" | "eventStoreCidr", other: "cidr" | "serviceCidr"): Relation<NetworkConfig> {
  return {
    between: [key, other],
    problemsOf(network, path) {
      const both = { ...network, serviceCidr: network.serviceCidr ?? DEFAULT_SERVICE_CIDR };
      const [a, b] = [rangeOf(both[key]), rangeOf(both[other])];
      return a && b && overlaps(a, b)
        ? [{ path: `${path}.${key}`, message: `must not overlap ${other} '${both[other]}', got '${both[key]}'` }]
        : [];
    },
  };
}
