import type { CacheRule } from "../../lib/config/edge";
import { EdgeCache, type EdgeCacheProps } from "../../lib/edge/edge-cache";
import {
  type CacheSettingsRule,
  cacheKeyOf,
  type EdgeRequest,
  matches,
} from "../support/synthesis/cloudflare-expressions";
import { resourceOf, synthesizeStack } from "../support/synthesis/synthesized";

const HOST = "queries.example.com";
const base: EdgeCacheProps = { zoneId: "b".repeat(32), zone: "example.com", host: HOST };
const made = (props: Partial<EdgeCacheProps> = {}) =>
  resourceOf(
    synthesizeStack((stack) => new EdgeCache(stack, "EdgeCache", { ...base, ...props })),
    "cloudflare_ruleset",
  );
const rulesOf = (...cacheable: readonly CacheRule[]) =>
  made({ cacheable }).rules as readonly (CacheSettingsRule & { readonly ref: string })[];

test("is the zone's one list of cache rules", () => {
  expect(made()).toMatchObject({ kind: "zone", phase: "http_request_cache_settings", zone_id: "b".repeat(32) });
});

describe("which answers may be kept", () => {
  const rules = rulesOf(
    { path: "/catalogue/*", seconds: 30 },
    { path: "/prices", seconds: 5 },
    { path: "/public/*", seconds: 60, evenAuthorized: true },
  );
  const keyOf = (request: Partial<EdgeRequest>) =>
    cacheKeyOf(rules, { method: "GET", host: HOST, path: "/prices", ...request });
  const kept = (request: Partial<EdgeRequest>) => keyOf(request) !== undefined;

  test.each<[string, Partial<EdgeRequest>]>([
    ["a path", { path: "/prices" }],
    ["a path below another", { path: "/catalogue/7" }],
    ["a path further below", { path: "/catalogue/7/images" }],
    ["the beginning itself", { path: "/catalogue/" }],
    ["HEAD", { method: "HEAD" }],
    ["headers that are nobody's", { headers: { Accept: "application/json" } }],
    ["an authorized request, where told so", { path: "/public/news", headers: { Authorization: "Bearer a" } }],
  ])("kept: %s", (_, request) => {
    expect(kept(request)).toBe(true);
  });

  test.each<[string, Partial<EdgeRequest>]>([
    ["another path", { path: "/orders" }],
    ["a path that only begins as one does", { path: "/prices/7" }],
    ["a longer name", { path: "/prices2" }],
    ["the folder without its slash", { path: "/catalogue" }],
    ["other letters' case", { path: "/Prices" }],
    ["what Cloudflare keeps by itself, by its ending", { path: "/report.pdf" }],
    ["POST", { method: "POST" }],
    ["PUT", { method: "PUT" }],
    ["DELETE", { method: "DELETE" }],
    ["OPTIONS", { method: "OPTIONS" }],
    ["an authorized request", { headers: { Authorization: "Bearer a" } }],
    ["an authorized request in lower case", { headers: { authorization: "Bearer a" } }],
    ["an authorized request in upper case", { headers: { AUTHORIZATION: "Bearer a" } }],
    ["more headers than can be seen", { truncated: true }],
    ["a cookie", { headers: { Cookie: "session=1" } }],
    ["more headers than can be seen, where authorized requests are kept", { path: "/public/news", truncated: true }],
    ["a cookie, where authorized requests are kept", { path: "/public/news", headers: { cookie: "session=1" } }],
    ["another host of the zone", { host: "example.com" }],
  ])("not kept: %s", (_, request) => {
    expect(kept(request)).toBe(false);
  });
});

describe("an answer that was given to a token", () => {
  const rules = rulesOf({ path: "/mine/*", seconds: 60, evenAuthorized: true });
  const keyOf = (headers?: EdgeRequest["headers"]) =>
    cacheKeyOf(rules, { method: "GET", host: HOST, path: "/mine/orders", headers });
  const own = keyOf({ Authorization: "Bearer a" });

  test("is kept for that token", () => {
    expect(own).toBeDefined();
    expect(keyOf({ authorization: "Bearer a" })).toBe(own);
  });

  test.each<[string, EdgeRequest["headers"]]>([
    ["no token", undefined],
    ["an empty one", { Authorization: "" }],
    ["another one", { Authorization: "Bearer b" }],
    ["one that only begins as it does", { Authorization: "Bearer aa" }],
    ["another way to say who it is", { Authorization: "Basic a" }],
  ])("answers nobody with %s", (_, headers) => {
    expect(keyOf(headers)).toBeDefined();
    expect(keyOf(headers)).not.toBe(own);
  });
});

test("without rules nothing is kept", () => {
  const [only, ...others] = rulesOf();
  expect(only).toMatchObject({ expression: 'http.host eq "queries.example.com"', action_parameters: { cache: false } });
  expect(others).toEqual([]);
});

test("how long is the origin's to say, to the edge as to browsers", () => {
  expect(rulesOf({ path: "/prices", seconds: 5 })[1]?.action_parameters).toEqual({
    cache: true,
    edge_ttl: { mode: "bypass_by_default" },
    browser_ttl: { mode: "respect_origin" },
  });
});

test("a rule is known by its path, wherever it stands", () => {
  const [a, b]: readonly [CacheRule, CacheRule] = [
    { path: "/a", seconds: 5 },
    { path: "/b/*", seconds: 5 },
  ];
  const refs = (...rules: readonly CacheRule[]) => rulesOf(...rules).map(({ ref }) => ref);
  expect(refs(a, b)).toEqual(["cache_nothing", "cache_2fa", "cache_2fb_2f_2a"]);
  expect(refs(b, a)).toEqual(["cache_nothing", "cache_2fb_2f_2a", "cache_2fa"]);
});

test.each([
  ["/a-b", "/a_b"],
  ["/a/b", "/a.b"],
  ["/a_2fb", "/a/b"],
])("%s and %s are two", (one, other) => {
  const refs = rulesOf({ path: one, seconds: 5 }, { path: other, seconds: 5 }).map(({ ref }) => ref);
  expect(new Set(refs).size).toBe(3);
});

test.each<[Partial<EdgeCacheProps>, string]>([
  [{ host: "queries.example.org" }, "host: must be in the zone 'example.com', got 'queries.example.org'"],
  [{ host: "badexample.com" }, "host: must be in the zone 'example.com', got 'badexample.com'"],
  [
    { zoneId: "B".repeat(32) },
    `zoneId: must be the zone's id, 32 hexadecimal digits in lower case, got '${"B".repeat(32)}'`,
  ],
  [
    { zoneId: "b".repeat(31) },
    `zoneId: must be the zone's id, 32 hexadecimal digits in lower case, got '${"b".repeat(31)}'`,
  ],
  [{ cacheable: [{ path: "/a", seconds: 0 }] }, "cacheable[0].seconds: must be a whole number from 1 to 86400, got 0"],
  [
    { cacheable: [{ path: "/a", seconds: 86_401 }] },
    "cacheable[0].seconds: must be a whole number from 1 to 86400, got 86401",
  ],
  [
    { cacheable: [{ path: 'a"', seconds: 5 }] },
    "cacheable[0].path: must be a path such as '/catalogue/prices', or the beginning of many such as '/catalogue/*', got 'a\"'",
  ],
  [
    {
      cacheable: [
        { path: "/a", seconds: 5 },
        { path: "/a", seconds: 6 },
      ],
    },
    "cacheable[1].path: must be given once, got '/a' twice",
  ],
])("refuses %j", (props, message) => {
  expect(() => made(props)).toThrow(`  Test/EdgeCache.${message}`);
});

describe("the interpreter", () => {
  test.each(['http.request.version eq "1"', "ssl", "len(http.cookie) eq 0", 'http.host contains "a"'])(
    "does not guess what %s means",
    (expression) => {
      expect(() => matches(expression, { method: "GET", host: HOST, path: "/" })).toThrow("not understood here");
    },
  );
});
