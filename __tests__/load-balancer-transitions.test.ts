import { production } from "../environments/production";
import type { LoadBalancer } from "../lib/config/architecture";
import type { Environment } from "../lib/config/environment";
import { environmentProblems } from "../lib/config/environment";
import { CLOUDFLARE_RANGES } from "../lib/edge/cloudflare-ranges";
import { resourcesOf, type Synthesized, type TerraformJson } from "./support/synthesis/synthesized";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";

type Side = "write" | "read";

/** Production with one load balancer in front of both APIs. */
function behind(loadBalancer: LoadBalancer): Environment {
  const { architecture } = production;
  const { writeSide, readSide } = architecture;
  const cache = loadBalancer === "nginx" ? "none" : "edge";
  return {
    ...production,
    architecture: {
      ...architecture,
      writeSide: { ...writeSide, commandApi: { ...writeSide.commandApi, loadBalancer } },
      readSide: { ...readSide, queryApi: { ...readSide.queryApi, loadBalancer, cache } },
    },
  };
}

const synthesized = (loadBalancer: LoadBalancer): Synthesized => synthesizedOnce({ production: behind(loadBalancer) });

/** Stacks of a side that decide who reaches its API, in the order of their deployment. */
const stacksOf = (side: Side) =>
  [`production-${side}-cluster`, `production-${side}-services`, "production-edge"] as const;
const HOSTS = { write: production.services?.commandApi.host, read: production.services?.queryApi.host };

/** Which ways to an API are open: to its network load balancer directly, and by Cloudflare. */
function openWays(side: Side, stacks: Readonly<Record<string, TerraformJson>>) {
  const [cluster, services, edge] = stacksOf(side).map((name) => stacks[name] ?? {}) as [
    TerraformJson,
    TerraformJson,
    TerraformJson,
  ];
  const ranges = resourcesOf(cluster, "aws_vpc_security_group_ingress_rule").map(({ cidr_ipv4 }) => String(cidr_ipv4));
  const isForAll = ranges.includes("0.0.0.0/0");
  const asksForCertificate = JSON.stringify(services.resource?.helm_release ?? {}).includes("ingressMTLS");
  const isInFront = resourcesOf(edge, "cloudflare_load_balancer").some(({ name }) => name === HOSTS[side]);
  const letsCloudflareIn = isForAll || CLOUDFLARE_RANGES.every((range) => ranges.includes(range));
  return { directly: isForAll && !asksForCertificate, byCloudflare: isInFront && letsCloudflareIn };
}

/** What is deployed when a deployment stops after some of its stacks. */
function interruptedAfter(count: number, side: Side, from: LoadBalancer, to: LoadBalancer) {
  const [before, after] = [synthesized(from).stacks, synthesized(to).stacks];
  return Object.fromEntries(stacksOf(side).map((name, index) => [name, (index < count ? after : before)[name] ?? {}]));
}

const STEPS: readonly (readonly [from: LoadBalancer, to: LoadBalancer, stays: "directly" | "byCloudflare"])[] = [
  ["nginx", "both", "directly"],
  ["both", "cloudflare", "byCloudflare"],
  ["cloudflare", "both", "byCloudflare"],
  ["both", "nginx", "directly"],
];
const SIDES = ["write", "read"] as const;

test.each(["nginx", "both", "cloudflare"] as const)("an environment with %s is sound", (loadBalancer) => {
  expect(environmentProblems("production", behind(loadBalancer))).toEqual([]);
});

describe.each(SIDES)("the %s side's API", (side) => {
  test.each<[LoadBalancer, ReturnType<typeof openWays>]>([
    ["nginx", { directly: true, byCloudflare: false }],
    ["both", { directly: true, byCloudflare: true }],
    ["cloudflare", { directly: false, byCloudflare: true }],
  ])("with %s", (loadBalancer, ways) => {
    expect(openWays(side, synthesized(loadBalancer).stacks)).toEqual(ways);
  });

  test.each(STEPS)("from %s to %s is reached %s all the time, wherever the deployment stops", (from, to, stays) => {
    const open = [0, 1, 2, 3].map((count) => openWays(side, interruptedAfter(count, side, from, to))[stays]);
    expect(open).toEqual([true, true, true, true]);
  });

  // One apply has no order between a rule that it adds and one that it takes away.
  test.each(STEPS)("from %s to %s only adds clients' ranges, or only takes some away", (from, to) => {
    const rulesOf = (loadBalancer: LoadBalancer) =>
      Object.keys(
        synthesized(loadBalancer).stacks[`production-${side}-cluster`]?.resource?.aws_vpc_security_group_ingress_rule ??
          {},
      );
    const [was, is] = [rulesOf(from), rulesOf(to)];
    const added = is.filter((rule) => !was.includes(rule));
    const removed = was.filter((rule) => !is.includes(rule));
    expect([added.length, removed.length]).toContain(0);
    expect(added.length + removed.length).toBeGreaterThan(0);
  });

  test("in one step from nginx to cloudflare is shut until the edge is deployed: why there are two", () => {
    const open = [0, 1, 2, 3].map((count) => openWays(side, interruptedAfter(count, side, "nginx", "cloudflare")));
    expect(open.map(({ directly, byCloudflare }) => directly || byCloudflare)).toEqual([true, false, false, true]);
  });
});
