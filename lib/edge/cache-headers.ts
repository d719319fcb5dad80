import type { CacheRule } from "../config/edge";

/**
 * What makes NGINX say how long the edge may keep an answer that says nothing itself. Cloudflare has no rule for that:
 * it takes either what the origin says or a time of its own, which would hold for `no-store` too.
 *
 * Compared is the path as NGINX understands it, decoded and without detours, so that `/catalogue/..%2Forders` is none of
 * `/catalogue/*`. Of several rules for one path the last one holds, as at the edge.
 */
export const cacheHeaders = (rules: readonly CacheRule[]): string =>
  [
    'map $http_authorization $edge_client { default "known"; "" "anonymous"; }',
    'map "$edge_client $uri" $edge_seconds {',
    '  default "";',
    // NGINX takes the first pattern that matches.
    ...rules.toReversed().map((rule) => `  "~^${clientOf(rule)} ${patternOf(rule)}" "${directivesOf(rule)}";`),
    "}",
    // Whatever an answer says of itself, and whatever it gives to one client alone, is left as it is.
    `map "$request_method $status ${SAID}" $edge_cache_control {`,
    '  default "";',
    '  "GET 200 " $edge_seconds;',
    '  "HEAD 200 " $edge_seconds;',
    "}",
    // Another shared cache on the way must not give one token's answer to another. Cloudflare goes by its key instead.
    'map $edge_cache_control $edge_vary { default "Authorization"; "" ""; }',
    // Without a value there is no header.
    "add_header Cache-Control $edge_cache_control;",
    "add_header Vary $edge_vary;",
  ].join("\n");

const SAID = [
  "$http_cookie",
  "$upstream_http_cache_control",
  "$upstream_http_expires",
  "$upstream_http_pragma",
  "$upstream_http_set_cookie",
].join("");

const clientOf = ({ evenAuthorized }: CacheRule): string => (evenAuthorized ? "(?:anonymous|known)" : "anonymous");

/** `public`: a shared cache keeps no other answer to a request with an Authorization header. */
const directivesOf = ({ seconds }: CacheRule): string => `public, max-age=0, s-maxage=${seconds}`;

/** A path as a pattern over decoded bytes. */
function patternOf({ path }: CacheRule): string {
  const isPrefix = path.endsWith("*");
  const literal = (isPrefix ? path.slice(0, -1) : path)
    .replaceAll(/[.+]/g, "\\$&")
    .replaceAll(/%([\dA-Fa-f]{2})/g, "\\x$1");
  return isPrefix ? literal : `${literal}$`;
}
