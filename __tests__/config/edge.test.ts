import { Token } from "cdktf";
import { type CloudflareConfig, isCloudflareConfig } from "../../lib/config/edge";

const base: CloudflareConfig = {
  accountId: "0123456789abcdef0123456789abcdef",
  zoneId: "fedcba9876543210fedcba9876543210",
  zone: "example.com",
  originPullCa: "production/origin-pull-ca",
  cacheable: [{ path: "/catalogue/*", seconds: 30 }],
};

const linesOf = (cloudflare: unknown): string[] =>
  isCloudflareConfig.problemsOf(cloudflare, "cloudflare").map(({ path, message }) => `${path}: ${message}`);

const ACCOUNT = "must be the account's id, 32 hexadecimal digits in lower case";
const ZONE_ID = "must be the zone's id, 32 hexadecimal digits in lower case";
const ZONE = "must be a host name in lower case such as 'commands.example.com'";
const SECRET = "must be the name of a secret, at most 505 letters, digits and /_+=.@-";
const PATH = "must be a path such as '/catalogue/prices', or the beginning of many such as '/catalogue/*'";
const SECONDS = "must be a whole number from 1 to 86400";
const RULES = "must be a list of 0 to 40, each an object with 'path' and 'seconds'";
const cacheable = (path: unknown, seconds: unknown = 30, more = {}) => ({ cacheable: [{ path, seconds, ...more }] });
const rules = (length: number) => Array.from({ length }, (_, index) => ({ path: `/${index}`, seconds: 1 }));

test("the edge of one zone is sound, and so is one without a cache", () => {
  expect(linesOf(base)).toEqual([]);
  expect(linesOf({ ...base, cacheable: undefined })).toEqual([]);
});

test.each<[change: object, line: string]>([
  [{ accountId: undefined }, `accountId: is missing, ${ACCOUNT}`],
  [{ accountId: base.accountId.slice(1) }, `accountId: ${ACCOUNT}, got '${base.accountId.slice(1)}'`],
  [{ accountId: `${base.accountId}0` }, `accountId: ${ACCOUNT}, got '${base.accountId}0'`],
  [{ accountId: base.accountId.toUpperCase() }, `accountId: ${ACCOUNT}, got '${base.accountId.toUpperCase()}'`],
  [{ accountId: 123 }, `accountId: ${ACCOUNT}, got 123`],
  [{ zoneId: "example.com" }, `zoneId: ${ZONE_ID}, got 'example.com'`],
  [{ zoneId: "" }, `zoneId: ${ZONE_ID}, got ''`],
  [{ zone: "example" }, `zone: ${ZONE}, got 'example'`],
  [{ zone: "example.com/" }, `zone: ${ZONE}, got 'example.com/'`],
  [{ zone: "Example.com" }, `zone: ${ZONE}, got 'Example.com'`],
  [{ originPullCa: "-----BEGIN CERTIFICATE-----" }, `originPullCa: ${SECRET}, got '-----BEGIN CERTIFICATE-----'`],
  [{ originPullCa: undefined }, `originPullCa: is missing, ${SECRET}`],
  [{ cacheable: { path: "/a", seconds: 1 } }, `cacheable: ${RULES}, got an object`],
  [{ cacheable: rules(41) }, `cacheable: ${RULES}, got a list of 41`],
  [cacheable("catalogue"), `cacheable[0].path: ${PATH}, got 'catalogue'`],
  [cacheable(""), `cacheable[0].path: ${PATH}, got ''`],
  [cacheable("*"), `cacheable[0].path: ${PATH}, got '*'`],
  [cacheable("/*/prices"), `cacheable[0].path: ${PATH}, got '/*/prices'`],
  [cacheable("/a/**"), `cacheable[0].path: ${PATH}, got '/a/**'`],
  [cacheable("/a//b"), `cacheable[0].path: ${PATH}, got '/a//b'`],
  [cacheable("/a?b=c"), `cacheable[0].path: ${PATH}, got '/a?b=c'`],
  [cacheable("/a#b"), `cacheable[0].path: ${PATH}, got '/a#b'`],
  [cacheable('/a" or true'), `cacheable[0].path: ${PATH}, got '/a" or true'`],
  [cacheable("/a\\b"), `cacheable[0].path: ${PATH}, got '/a\\b'`],
  [cacheable(`/${"a".repeat(256)}`), `cacheable[0].path: ${PATH}, got '/${"a".repeat(56)}...'`],
  [cacheable("/a", 0), `cacheable[0].seconds: ${SECONDS}, got 0`],
  [cacheable("/a", 86_401), `cacheable[0].seconds: ${SECONDS}, got 86401`],
  [cacheable("/a", 0.5), `cacheable[0].seconds: ${SECONDS}, got 0.5`],
  [cacheable("/a", "30s"), `cacheable[0].seconds: ${SECONDS}, got '30s'`],
  [{ cacheable: [{ path: "/a" }] }, `cacheable[0].seconds: is missing, ${SECONDS}`],
  [cacheable("/a", 1, { evenAuthorized: "yes" }), "cacheable[0].evenAuthorized: must be true or false, got 'yes'"],
  [
    cacheable("/a", 1, { method: "GET" }),
    "cacheable[0].method: is not a key here, allowed are 'path', 'seconds' and 'evenAuthorized'",
  ],
  [{ cacheable: [...rules(2), { path: "/0", seconds: 9 }] }, "cacheable[2].path: must be given once, got '/0' twice"],
  [{ zones: ["example.com"] }, "zones: is not a key here, did you mean 'zone', which is there too?"],
])("%j is refused", (change, line) => {
  expect(linesOf({ ...base, ...change })).toEqual([`cloudflare.${line}`]);
});

test.each<[change: object]>([
  [cacheable("/", 1)],
  [cacheable("/*", 86_400)],
  [cacheable("/catalogue*", 1, { evenAuthorized: true })],
  [cacheable("/v1/a.b~c%20d+e@f:g,h=i-j_/", 1, { evenAuthorized: false })],
  [cacheable(`/${"a".repeat(255)}`)],
  [{ cacheable: [] }],
  [{ cacheable: rules(40) }],
  [{ accountId: Token.asString({ Ref: "account" }), zoneId: Token.asString({ Ref: "zone" }) }],
  [{ zone: "shop.example.co.uk" }],
])("%j is taken", (change) => {
  expect(linesOf({ ...base, ...change })).toEqual([]);
});

test("everything that is wrong is said at once", () => {
  expect(linesOf({ zone: "x", cacheable: [{ path: "a", seconds: 0 }, 1] })).toEqual([
    `cloudflare.accountId: is missing, ${ACCOUNT}`,
    `cloudflare.zoneId: is missing, ${ZONE_ID}`,
    `cloudflare.zone: ${ZONE}, got 'x'`,
    `cloudflare.originPullCa: is missing, ${SECRET}`,
    `cloudflare.cacheable[0].path: ${PATH}, got 'a'`,
    `cloudflare.cacheable[0].seconds: ${SECONDS}, got 0`,
    "cloudflare.cacheable[1]: must be an object with 'path' and 'seconds', got 1",
  ]);
});
