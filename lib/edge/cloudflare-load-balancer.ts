import { LoadBalancer } from "@cdktf/provider-cloudflare/lib/load-balancer";
import { LoadBalancerMonitor } from "@cdktf/provider-cloudflare/lib/load-balancer-monitor";
import { LoadBalancerPool } from "@cdktf/provider-cloudflare/lib/load-balancer-pool";
import { Token } from "cdktf";
import { Construct } from "constructs";
import { COMMAND_API_RULES } from "../config/architecture";
import { CLOUDFLARE_RULES, type CloudflareConfig } from "../config/edge";
import { isHost } from "../config/services";
import type { Problem } from "../core/problems";
import {
  checkProps,
  known,
  listOf,
  oneOf,
  optional,
  type Relation,
  type Rules,
  refined,
  shape,
  text,
  unique,
} from "../core/rules";

export interface CloudflareLoadBalancerProps extends Pick<CloudflareConfig, "accountId" | "zoneId" | "zone"> {
  /** The pool's name, one of its own in the account. */
  readonly name: string;
  /** Name of the zone under which the API is reached, and which its certificate has. */
  readonly host: string;
  /** Path that answers 200 when the API is ready: `'/health'`. */
  readonly healthCheck: string;
  /** Where the API is. */
  readonly origins: readonly Origin[];
  /** From which parts of the world Cloudflare asks for health; its plans differ in how many. @default ['WEU'] */
  readonly checkRegions?: readonly CheckRegion[];
}

/** Cloudflare's names of parts of the world. */
const CHECK_REGIONS = [
  "WNAM",
  "ENAM",
  "WEU",
  "EEU",
  "NSAM",
  "SSAM",
  "OC",
  "ME",
  "NAF",
  "SAF",
  "SAS",
  "SEAS",
  "NEAS",
] as const;
export type CheckRegion = (typeof CHECK_REGIONS)[number];

export interface Origin {
  readonly name: string;
  /** Host name of a load balancer, or an address. */
  readonly address: string;
}

/** Cloudflare: letters, digits, hyphens and underscores; the length is ours. */
const isName = text("at most 64 letters, digits, '-' and '_'", /^[\w-]{1,64}$/);
const isOrigin = shape<Origin>({ name: known(isName), address: text("a host name or an address", /^[^\s/:]{1,253}$/) });

const RULES: Rules<CloudflareLoadBalancerProps> = {
  accountId: CLOUDFLARE_RULES.accountId,
  zoneId: CLOUDFLARE_RULES.zoneId,
  zone: CLOUDFLARE_RULES.zone,
  name: isName,
  host: isHost,
  healthCheck: COMMAND_API_RULES.healthCheck,
  // Sorted by their names, which must be known.
  origins: refined<readonly Origin[]>(listOf(isOrigin, { min: 1, max: 20 }), (origins, path) =>
    origins.flatMap(({ name }, index): readonly Problem[] =>
      origins.slice(0, index).some((other) => other.name === name)
        ? [{ path: `${path}[${index}].name`, message: `must be given once, got '${name}' twice` }]
        : [],
    ),
  ),
  checkRegions: optional(unique(listOf(oneOf(CHECK_REGIONS), { min: 1, max: CHECK_REGIONS.length }))),
};

/** Cloudflare: a load balancer is a name of its zone. */
export const HOST_IN_ZONE: Relation<{ readonly host: string; readonly zone: string }> = {
  between: ["host", "zone"],
  problemsOf: ({ host, zone }, path) =>
    [host, zone].some((each) => Token.isUnresolved(each)) || host === zone || host.endsWith(`.${zone}`)
      ? []
      : [{ path: `${path}.host`, message: `must be in the zone '${zone}', got '${host}'` }],
};

/** Cloudflare: the shortest interval of its Pro plan. */
const HEALTH_CHECK_SECONDS = 60;
const TIMEOUT_SECONDS = 5;
const RETRIES = 2;

/** Cloudflare in front of an API: the host's name leads to its edge, and from there to the origins that are healthy. */
export class CloudflareLoadBalancer extends Construct {
  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: CloudflareLoadBalancerProps) {
    super(scope, id);
    props = checkProps(this, props, RULES, HOST_IN_ZONE);
    const { accountId, zoneId, zone, name, host, healthCheck, origins, checkRegions = ["WEU"] } = props;

    // Without a port, in monitor and origin: one that is given would be a change at every plan.
    const monitor = new LoadBalancerMonitor(this, "Monitor", {
      accountId,
      description: `Health of ${host}`,
      type: "https",
      method: "GET",
      path: healthCheck,
      expectedCodes: "200",
      header: { Host: [host] },
      // As if from a visitor of the zone: with the client certificate that the origin asks for, in the zone's TLS.
      probeZone: zone,
      interval: HEALTH_CHECK_SECONDS,
      timeout: TIMEOUT_SECONDS,
      retries: RETRIES,
      followRedirects: false,
      allowInsecure: false,
      lifecycle: { createBeforeDestroy: true },
    });
    const pool = new LoadBalancerPool(this, "Pool", {
      accountId,
      name,
      description: `Origins of ${host}`,
      monitor: monitor.id,
      // Left out, it is every data center, which Cloudflare refuses to all but its Enterprise plan.
      checkRegions: [...checkRegions].sort(),
      // The API gives them back by name: another order would be a change at every plan.
      origins: [...origins]
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map((origin) => ({ name: origin.name, address: origin.address, enabled: true, header: { host: [host] } })),
      // Cloudflare lets no pool go that a load balancer names.
      lifecycle: { createBeforeDestroy: true },
    });
    new LoadBalancer(this, "Resource", {
      zoneId,
      name: host,
      description: `Way to ${host}`,
      defaultPools: [pool.id],
      fallbackPool: pool.id,
      // By default it is a DNS record alone, and the origin's address everybody's to know.
      proxied: true,
      steeringPolicy: "off",
      sessionAffinity: "none",
    });
  }
}
