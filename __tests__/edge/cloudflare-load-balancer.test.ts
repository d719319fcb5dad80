import { TerraformVariable } from "cdktf";
import { CloudflareLoadBalancer, type CloudflareLoadBalancerProps } from "../../lib/edge/cloudflare-load-balancer";
import { resourceOf, synthesizeStack } from "../support/synthesis/synthesized";

const base: CloudflareLoadBalancerProps = {
  accountId: "a".repeat(32),
  zoneId: "b".repeat(32),
  zone: "example.com",
  name: "production-queries",
  host: "queries.example.com",
  healthCheck: "/health",
  origins: [{ name: "read", address: "read.elb.amazonaws.com" }],
};
const made = (props: Partial<CloudflareLoadBalancerProps> = {}) =>
  synthesizeStack((stack) => new CloudflareLoadBalancer(stack, "LoadBalancer", { ...base, ...props }));

test("the host's name leads to Cloudflare's edge, and not to the origin", () => {
  expect(resourceOf(made(), "cloudflare_load_balancer")).toMatchObject({
    zone_id: "b".repeat(32),
    name: "queries.example.com",
    proxied: true,
  });
});

test("its one pool is its last resort, too", () => {
  const id = expect.stringMatching(/^\$\{cloudflare_load_balancer_pool\..+\.id\}$/);
  expect(resourceOf(made(), "cloudflare_load_balancer")).toMatchObject({ default_pools: [id], fallback_pool: id });
});

test("what would differ at each plan is left out", () => {
  const balancer = resourceOf(made(), "cloudflare_load_balancer");
  expect(balancer).not.toHaveProperty("ttl");
  expect(balancer).not.toHaveProperty("session_affinity_attributes");
  expect(resourceOf(made(), "cloudflare_load_balancer_pool").origins).not.toContainEqual(
    expect.objectContaining({ port: expect.anything() }),
  );
  expect(resourceOf(made(), "cloudflare_load_balancer_monitor")).not.toHaveProperty("port");
});

test("origins stand in the order of their names, in which Cloudflare gives them back", () => {
  const origins = ["b", "a", "C"].map((name) => ({ name, address: `${name}.example.net` }));
  expect(resourceOf(made({ origins }), "cloudflare_load_balancer_pool").origins).toMatchObject([
    { name: "C" },
    { name: "a" },
    { name: "b" },
  ]);
});

test("an origin is asked for the host, by the header's name in lower case", () => {
  expect(resourceOf(made(), "cloudflare_load_balancer_pool").origins).toEqual([
    {
      name: "read",
      address: "read.elb.amazonaws.com",
      enabled: true,
      header: { host: ["queries.example.com"] },
    },
  ]);
});

test("health is asked for as a visitor of the zone would, with its client certificate", () => {
  expect(resourceOf(made(), "cloudflare_load_balancer_monitor")).toMatchObject({
    type: "https",
    method: "GET",
    path: "/health",
    expected_codes: "200",
    header: { Host: ["queries.example.com"] },
    probe_zone: "example.com",
    allow_insecure: false,
    follow_redirects: false,
  });
});

test("health is asked for from one part of the world, as each of Cloudflare's plans allows", () => {
  expect(resourceOf(made(), "cloudflare_load_balancer_pool").check_regions).toEqual(["WEU"]);
});

test("parts of the world stand in one order, in whichever they are given", () => {
  const { check_regions } = resourceOf(made({ checkRegions: ["WNAM", "ENAM"] }), "cloudflare_load_balancer_pool");
  expect(check_regions).toEqual(["ENAM", "WNAM"]);
});

test.each(["cloudflare_load_balancer_pool", "cloudflare_load_balancer_monitor"])(
  "a new %s stands before the old one goes, which something still names",
  (type) => {
    expect(resourceOf(made(), type)).toMatchObject({ lifecycle: { create_before_destroy: true } });
  },
);

test("the zone itself may be the host", () => {
  expect(() => made({ host: "example.com" })).not.toThrow();
});

test("a host that only Terraform knows is taken", () => {
  const build = () =>
    synthesizeStack((stack) => {
      const host = new TerraformVariable(stack, "Host", { type: "string" }).stringValue;
      return new CloudflareLoadBalancer(stack, "LoadBalancer", { ...base, host });
    });
  expect(build).not.toThrow();
});

const ORIGIN = { name: "read", address: "read.example.net" };
test.each<[Partial<CloudflareLoadBalancerProps>, string]>([
  [{ host: "queries.example.org" }, "host: must be in the zone 'example.com', got 'queries.example.org'"],
  [{ host: "notexample.com" }, "host: must be in the zone 'example.com', got 'notexample.com'"],
  [
    { host: "Queries.example.com" },
    "host: must be a host name in lower case such as 'commands.example.com', got 'Queries.example.com'",
  ],
  [{ accountId: "acme" }, "accountId: must be the account's id, 32 hexadecimal digits in lower case, got 'acme'"],
  [{ zoneId: "" }, "zoneId: must be the zone's id, 32 hexadecimal digits in lower case, got ''"],
  [{ name: "production queries" }, "name: must be at most 64 letters, digits, '-' and '_', got 'production queries'"],
  [
    { healthCheck: "health" },
    "healthCheck: must be a path such as '/health' of at most 256 letters, digits and _./-, not below /commands/ or /queries/, got 'health'",
  ],
  [
    { healthCheck: "/health?full" },
    "healthCheck: must be a path such as '/health' of at most 256 letters, digits and _./-, not below /commands/ or /queries/, got '/health?full'",
  ],
  [{ checkRegions: ["WEU", "WEU"] }, "checkRegions[1]: must be given once, got 'WEU' twice"],
  [{ origins: [ORIGIN, ORIGIN] }, "origins[1].name: must be given once, got 'read' twice"],
  [
    { origins: [{ ...ORIGIN, address: "https://read.example.net" }] },
    "origins[0].address: must be a host name or an address, got 'https://read.example.net'",
  ],
])("refuses %j", (props, message) => {
  expect(() => made(props)).toThrow(`  Test/LoadBalancer.${message}`);
});

test("refuses to lead nowhere", () => {
  expect(() => made({ origins: [] })).toThrow(
    /Test\/LoadBalancer\.origins: must be a list of 1 to 20, .*, got an empty list/,
  );
});
