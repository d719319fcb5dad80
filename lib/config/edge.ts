import {
  isTrueOrFalse,
  known,
  listOf,
  optional,
  type Rule,
  type Rules,
  refined,
  shape,
  text,
  wholeNumber,
} from "../core/rules";
import { isSecretName } from "./secret-names";
import { isHost } from "./services";

/** The Cloudflare zone in front of whatever has `loadBalancer: 'cloudflare'` or `'both'`. */
export interface CloudflareConfig {
  readonly accountId: string;
  readonly zoneId: string;
  /** The zone's own name, in which the hosts are: `'example.com'`. */
  readonly zone: string;
  /**
   * Secret of AWS Secrets Manager with the certificate authority of the client certificate that Cloudflare shows, as
   * `ca.crt`: NGINX refuses whoever does not show one. Cloudflare's own authority serves every customer's zones.
   */
  readonly originPullCa: string;
  /** Queries that the edge may answer from its cache. @default - none, though the architecture says `cache: 'edge'` */
  readonly cacheable?: readonly CacheRule[];
}

/** GET and HEAD of one path are cached, never with a cookie, and with an `Authorization` header only by `evenAuthorized`. */
export interface CacheRule {
  /** Path, or the beginning of many with a `*` at its end: `'/catalogue/*'`. */
  readonly path: string;
  /** Seconds at the edge, 1 to 86400, where the answer has no `Cache-Control` of its own. Projections lag: keep it short. */
  readonly seconds: number;
  /**
   * Whether answers to requests with an `Authorization` header are kept, too: each for the value of that header, so that one token
   * never gets the answer of another. A token gets its answer for up to `seconds` after it has expired or was revoked. Needs
   * Cloudflare's Enterprise plan, which alone has keys of one's own. @default false
   */
  readonly evenAuthorized?: boolean;
}

/** A day: what may be older is no query's answer. */
const CACHE_SECONDS = { min: 1, max: 86_400 } as const;
/** Cloudflare: rules of a zone on its Business plan are 50; some are our own. */
const CACHE_RULES = { min: 0, max: 40 } as const;

/**
 * A byte written in percents, in the one way that there is for it: RFC 3986 has capitals, and wants none for letters,
 * digits and `-._~`. A slash or a control character written so is no path of an API's.
 */
const ESCAPE = "%(?![01]|2[DEF]|3\\d|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AEF])[\\dA-F]{2}";
/** Without a quote, which would end the rule's expression; `.` and `..` are gone before a path is compared. */
const SEGMENT = `(?!\\.{1,2}(?:/|\\*?$))(?:[\\w.~+@:,=-]|${ESCAPE})+`;
const PATH = new RegExp(`^(?=.{1,256}$)/(?:${SEGMENT}/)*(?:${SEGMENT}\\*?|\\*)?$`);
const isId = (what: string): Rule => text(`the ${what}'s id, 32 hexadecimal digits in lower case`, /^[0-9a-f]{32}$/);

const isCacheRule = shape<CacheRule>({
  path: known(text("a path such as '/catalogue/prices', or the beginning of many such as '/catalogue/*'", PATH)),
  seconds: wholeNumber(CACHE_SECONDS),
  evenAuthorized: optional(isTrueOrFalse),
});

export const CLOUDFLARE_RULES: Rules<CloudflareConfig> = {
  accountId: isId("account"),
  zoneId: isId("zone"),
  zone: isHost,
  originPullCa: isSecretName,
  cacheable: optional(
    // The later of two for one path would win without a word.
    refined<readonly CacheRule[]>(listOf(isCacheRule, CACHE_RULES), (rules, path) =>
      rules
        .map((each, index) => ({ each, index }))
        .filter(({ each, index }) => rules.slice(0, index).some((other) => other.path === each.path))
        .map(({ each, index }) => ({
          path: `${path}[${index}].path`,
          message: `must be given once, got '${each.path}' twice`,
        })),
    ),
  ),
};

export const isCloudflareConfig: Rule = shape(CLOUDFLARE_RULES);
