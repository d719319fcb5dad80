import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { App, DefaultTokenResolver, Fn, Lazy, StringConcat, TerraformStack, Token, Tokenization } from "cdktf";
import { InvalidConfigurationError } from "../../lib/core/problems";
import { terraformArguments } from "../../lib/kubernetes/terraform-arguments";

/** As cdktf writes them. */
const resolved = (args: object): unknown =>
  Tokenization.resolve(terraformArguments(args, "a"), {
    scope: new TerraformStack(new App(), "stack"),
    resolver: new DefaultTokenResolver(new StringConcat()),
    preparing: false,
  });

test("an argument has its name in Terraform, and a map keeps its keys", () => {
  const args = { backoffLimit: 1, podSpec: [{ nodeSelector: { diskType: "ssd" }, hostName: "a" }] };
  expect(resolved(args)).toEqual({
    backoff_limit: 1,
    pod_spec: [{ node_selector: { diskType: "ssd" }, host_name: "a" }],
  });
});

/** The provider's schema, beside the repository where somebody has put it. */
const SCHEMA = join(__dirname, "..", "..", "..", "shared", "schemas", "kubernetes-2.38.0.json");
const KINDS = ["cron_job_v1", "deployment_v1", "ingress_v1", "network_policy_v1", "stateful_set_v1"];

interface Block {
  readonly attributes?: Readonly<Record<string, { readonly type: unknown }>>;
  readonly block_types?: Readonly<Record<string, { readonly block: Block }>>;
}

const mapsOf = ({ attributes = {}, block_types = {} }: Block): string[] => [
  ...Object.entries(attributes).flatMap(([name, { type }]) => (Array.isArray(type) && type[0] === "map" ? [name] : [])),
  ...Object.values(block_types).flatMap(({ block }) => mapsOf(block)),
];

(existsSync(SCHEMA) ? test : test.skip)("every map of the provider's schema keeps its keys", () => {
  const { provider_schemas } = JSON.parse(readFileSync(SCHEMA, "utf8"));
  const [{ resource_schemas }] = Object.values(provider_schemas) as [
    { resource_schemas: Record<string, { block: Block }> },
  ];
  const maps = new Set(KINDS.flatMap((kind) => mapsOf(resource_schemas[`kubernetes_${kind}`]?.block ?? {})));
  expect(maps.size).toBeGreaterThan(5);
  for (const name of maps) {
    const argument = name.replace(/_[a-z]/g, (found) => found.slice(1).toUpperCase());
    expect(resolved({ [argument]: { costCenter: "Orders" } })).toEqual({ [name]: { costCenter: "Orders" } });
  }
});

test("a token is resolved later, wherever it is", () => {
  const args = {
    strategy: Lazy.anyValue({ produce: () => ({ max_surge: "25%" }) }),
    spec: { hostNames: ["a", Token.asString(Fn.upper("b")), Lazy.anyValue({ produce: () => "c" })] },
    ports: Token.asList(Fn.tolist(["80"])),
    labels: Lazy.anyValue({ produce: () => ({ costCenter: "Orders" }) }),
  };
  expect(resolved(args)).toEqual({
    strategy: { max_surge: "25%" },
    spec: { host_names: ["a", '${upper("b")}', "c"] },
    ports: '${tolist(["80"])}',
    labels: { costCenter: "Orders" },
  });
});

class Probe {
  readonly periodSeconds = 5;
}

test.each([
  ["a Date", new Date(0), "a value of type Date"],
  ["a Map", new Map([["a", 1]]), "a value of type Map"],
  ["an instance of a class", new Probe(), "a value of type Probe"],
])("%s is refused by its path", (_, value, got) => {
  const allowed = "a text, a number, true or false, a list, a plain object or a token";
  const convert = () => terraformArguments({ spec: { container: [{ livenessProbe: value }] } }, "stack/It");
  expect(convert).toThrow(InvalidConfigurationError);
  expect(convert).toThrow(`  stack/It.spec.container[0].livenessProbe: must be ${allowed}, got ${got}`);
});
