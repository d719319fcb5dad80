import { Ruleset } from "@cdktf/provider-cloudflare/lib/ruleset";
import { Construct } from "constructs";
import { type CacheRule, CLOUDFLARE_RULES, type CloudflareConfig } from "../config/edge";
import { isHost } from "../config/services";
import { checkProps, type Rules } from "../core/rules";
import { HOST_IN_ZONE } from "./cloudflare-load-balancer";

export interface EdgeCacheProps extends Pick<CloudflareConfig, "zoneId" | "zone" | "cacheable"> {
  /** Name of the zone whose answers are kept. What else is in the zone has no rules of this kind beside ours. */
  readonly host: string;
}

const RULES: Rules<EdgeCacheProps> = {
  zoneId: CLOUDFLARE_RULES.zoneId,
  zone: CLOUDFLARE_RULES.zone,
  host: isHost,
  cacheable: CLOUDFLARE_RULES.cacheable,
};

/**
 * Cloudflare knows these rules by, whatever their order. The path is what a rule is; what is no letter and no digit is
 * written by its number, so that no two are the same.
 */
const refOf = (path: string): string =>
  `cache${path.replaceAll(/[^A-Za-z0-9]/g, (sign) => `_${sign.charCodeAt(0).toString(16)}`)}`;

/** Where a request has too many headers, rules do not see all of them. */
const ALL_HEADERS = "not http.request.headers.truncated";
/** Names of headers come as they were sent. */
const NOT_AUTHORIZED = 'not any(lower(http.request.headers.names[*])[*] eq "authorization")';
/**
 * What an answer is for, in addition to its address. Without it, the answer to one token would be everybody's, also of those
 * without a token. Cloudflare has it on the Enterprise plan alone: developers.cloudflare.com/cache/how-to/cache-keys.
 */
const KEYED_BY_TOKEN = { customKey: { header: { include: ["authorization"] } } };

/** Which requests a rule is for, in Cloudflare's own language. */
function expressionOf(host: string, { path, evenAuthorized }: CacheRule): string {
  const ofPath = path.endsWith("*")
    ? `starts_with(http.request.uri.path, "${path.slice(0, -1)}")`
    : `http.request.uri.path eq "${path}"`;
  return [
    `http.host eq "${host}"`,
    'http.request.method in {"GET" "HEAD"}',
    ofPath,
    'http.cookie eq ""',
    ALL_HEADERS,
    ...(evenAuthorized ? [] : [NOT_AUTHORIZED]),
  ].join(" and ");
}

/**
 * Which answers of an API the edge keeps. Nothing is kept but what a rule names, and of that only what says how long:
 * NGINX says it for answers that do not. An answer is for all who ask for its address without a token or, with
 * `evenAuthorized`, with the same token: what else it depends on must be in the query.
 *
 * A zone has one such list: it takes the place of what was made by hand.
 */
export class EdgeCache extends Construct {
  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: EdgeCacheProps) {
    super(scope, id);
    props = checkProps(this, props, RULES, HOST_IN_ZONE);
    const { zoneId, host, cacheable = [] } = props;
    const action = "set_cache_settings";

    new Ruleset(this, "Resource", {
      zoneId,
      kind: "zone",
      phase: "http_request_cache_settings",
      // A changed name is a new list, and a moment without one.
      name: "Answers kept at the edge",
      rules: [
        {
          ref: "cache_nothing",
          description: "Nothing but what follows, whatever its ending",
          expression: `http.host eq "${host}"`,
          action,
          actionParameters: { cache: false },
          enabled: true,
        },
        // Of several rules that match, the last one holds.
        ...cacheable.map((rule) => ({
          ref: refOf(rule.path),
          description: rule.path,
          expression: expressionOf(host, rule),
          action,
          actionParameters: {
            cache: true,
            ...(rule.evenAuthorized && { cacheKey: KEYED_BY_TOKEN }),
            // By default, an answer that says nothing would be kept for two hours.
            edgeTtl: { mode: "bypass_by_default" },
            // By default, the zone tells browsers to keep it for four.
            browserTtl: { mode: "respect_origin" },
          },
          enabled: true,
        })),
      ],
    });
  }
}
