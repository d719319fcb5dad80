import { production } from "../../environments/production";
import type { Environment } from "../../lib/config/environment";
import { withValues } from "../support/synthesis/architecture-effects";
import { resourceOf, resourcesOf, stackOf } from "../support/synthesis/synthesized";
import { synthesizedOnce } from "../support/synthesis/synthesized-once";

const edgeOf = (environment: Environment) => stackOf(synthesizedOnce({ production: environment }), "production-edge");

test("Cloudflare leads the query API's host to its load balancer, and to nobody else's", () => {
  const edge = edgeOf(production);
  expect(resourcesOf(edge, "cloudflare_load_balancer").map(({ name }) => name)).toEqual(["queries.example.com"]);
  const [origin, ...others] = resourceOf(edge, "cloudflare_load_balancer_pool").origins as { address: string }[];
  expect(origin?.address).toContain("production-read-cluster");
  expect(others).toEqual([]);
});

test("both APIs may be behind it, each with a pool of its own", () => {
  const edge = edgeOf(withValues(production, { "architecture.writeSide.commandApi.loadBalancer": "cloudflare" }));
  expect(resourcesOf(edge, "cloudflare_load_balancer").map(({ name }) => name)).toEqual([
    "commands.example.com",
    "queries.example.com",
  ]);
  expect(resourcesOf(edge, "cloudflare_load_balancer_pool").map(({ name }) => name)).toEqual([
    "production-commands",
    "production-queries",
  ]);
});

test("commands are never kept", () => {
  const edge = edgeOf(withValues(production, { "architecture.writeSide.commandApi.loadBalancer": "cloudflare" }));
  const { rules } = resourceOf(edge, "cloudflare_ruleset") as { rules: { expression: string }[] };
  for (const { expression } of rules) expect(expression).toContain('http.host eq "queries.example.com"');
});

test("what Cloudflare was in front of can be taken away, as the stack and its provider stay", () => {
  const edge = edgeOf(
    withValues(production, {
      "architecture.readSide.queryApi.loadBalancer": "nginx",
      "architecture.readSide.queryApi.cache": "none",
    }),
  );
  expect(edge.resource).toBeUndefined();
  expect(edge.provider).toHaveProperty("cloudflare");
});

test("without a zone there is no edge", () => {
  const { cloudflare: _, ...rest } = withValues(production, {
    "architecture.readSide.queryApi.loadBalancer": "nginx",
    "architecture.readSide.queryApi.cache": "none",
  });
  expect(Object.keys(synthesizedOnce({ production: rest }).stacks)).not.toContain("production-edge");
});
