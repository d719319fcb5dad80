import { CloudflareProvider } from "@cdktf/provider-cloudflare/lib/provider";
import type { Construct } from "constructs";
import type { CloudflareConfig } from "../lib/config/edge";
import type { Side } from "../lib/config/side";
import { CloudflareLoadBalancer } from "../lib/edge/cloudflare-load-balancer";
import { EdgeCache } from "../lib/edge/edge-cache";
import { OriginLock } from "../lib/edge/origin-lock";
import { PlatformStack, type PlatformStackProps } from "./platform-stack";

export interface EdgeStackProps extends PlatformStackProps {
  readonly cloudflare: CloudflareConfig;
  /** The APIs that Cloudflare is in front of, by their side. */
  readonly apis: Readonly<Partial<Record<Side, ProxiedApi>>>;
}

/** An API behind Cloudflare. */
export interface ProxiedApi {
  readonly host: string;
  readonly healthCheck: string;
  /** Name of the load balancer in front of its NGINX. */
  readonly address: string;
  /** Whether the edge keeps answers. */
  readonly isCached: boolean;
}

const NAMES = { write: { id: "CommandApi", what: "commands" }, read: { id: "QueryApi", what: "queries" } } as const;

/** Cloudflare: ways to the APIs, what it keeps of their answers, and whom the origins believe. */
export class EdgeStack extends PlatformStack {
  constructor(scope: Construct, props: EdgeStackProps) {
    super(scope, "edge", props);
    const { environment, region, cloudflare, apis } = props;
    const { accountId, zoneId, zone, cacheable } = cloudflare;

    // Whoever deploys signs in by CLOUDFLARE_API_TOKEN.
    new CloudflareProvider(this, "Cloudflare");
    if (Object.keys(apis).length > 0) new OriginLock(this, "OriginLock", { zoneId });
    for (const [side, { host, healthCheck, address, isCached }] of Object.entries(apis)) {
      const { id, what } = NAMES[side as Side];
      const name = `${environment}-${what}`;
      new CloudflareLoadBalancer(this, id, {
        ...{ accountId, zoneId, zone, name, host, healthCheck },
        origins: [{ name: region, address }],
      });
      if (isCached) new EdgeCache(this, `${id}Cache`, { zoneId, zone, host, cacheable });
    }
  }
}
