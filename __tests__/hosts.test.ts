import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { App } from "cdktf";
import { CHARTS } from "../lib/kubernetes/charts";
import { platforms } from "../stacks/platform";
import { takeChartsFrom } from "./examples/mirrored-charts";
import { hasRenderedObjects, renderedReleases } from "./support/cluster/rendered-objects";
import { environments } from "./support/synthesis/environments";
import { resourcesOf, synthesizeApp } from "./support/synthesis/synthesized";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";

const ROOT = join(__dirname, "..");
const PAGE = readFileSync(join(ROOT, "docs", "hosts.md"), "utf8");
const hostsOf = (section: string): ReadonlySet<string> => {
  const [, text = ""] = new RegExp(`^## ${section}\n(.*?)^## `, "ms").exec(PAGE) ?? [];
  return new Set([...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, host = ""]) => host));
};
const RUNNER = hostsOf("From the runner that deploys");
const NODES = hostsOf("From the nodes");

const app = synthesizedOnce(environments);
const stacks = Object.values(app.stacks);

test("the runner's table has the repository of each chart", () => {
  const repositories = Object.values(CHARTS).map(({ repository }) => new URL(repository).host);
  expect(repositories.filter((host) => !RUNNER.has(host))).toEqual([]);
  expect(repositories.length).toBeGreaterThan(0);
});

/** Whose registry entry leads where: hashicorp's own to its releases, others to GitHub's. */
const DOWNLOADS = (source: string) => (source.includes("/") ? "github.com" : "releases.hashicorp.com");

test("and where each provider is downloaded", () => {
  const sources = stacks.flatMap(({ terraform }) =>
    Object.values(terraform?.required_providers ?? {}).map(({ source }) => source),
  );
  const hosts = new Set(["registry.terraform.io", ...sources.map(DOWNLOADS)]);
  expect([...hosts].filter((host) => !RUNNER.has(host))).toEqual([]);
  expect(hosts.size).toBe(3);
});

const SHARED = join(ROOT, "..", "shared", "charts");
const ours = new Set<string>(Object.values(CHARTS).map(({ name }) => name));

(existsSync(SHARED) ? test : test.skip)("and the hosts that schemas of charts refer to", () => {
  const schemas = readdirSync(SHARED)
    .filter((chart) => ours.has(chart))
    .map((chart) => join(SHARED, chart, "values.schema.json"))
    .filter(existsSync);
  const hosts = schemas.flatMap((schema) =>
    [...readFileSync(schema, "utf8").matchAll(/"\$ref": *"https:\/\/([^/"]+)/g)].map(([, host = ""]) => host),
  );
  expect(hosts).toContain("raw.githubusercontent.com");
  expect(hosts.filter((host) => !RUNNER.has(host))).toEqual([]);
});

/** Docker's rule: what is before the first slash is a registry if it has a dot, and Docker Hub's is left out. */
const registryOf = (image: string): string => {
  const [first = ""] = image.split("/");
  return image.includes("/") && /[.:]/.test(first) ? first : "docker.io";
};
const imagesIn = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(imagesIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    key === "image" && typeof each === "string" ? [each] : imagesIn(each),
  );
};
/** The example environments' own. */
const OWN_REGISTRY = "registry.example.com";

(hasRenderedObjects ? test : test.skip)("the nodes' table has the registry of each image of a chart", () => {
  const registries = new Set(imagesIn(renderedReleases()).map(registryOf));
  expect(registries.size).toBeGreaterThan(4);
  expect([...registries].filter((host) => !NODES.has(host))).toEqual([]);
});

test("and of each image that the platform names itself", () => {
  const texts = stacks.flatMap((tf) =>
    resourcesOf(tf, "helm_release").flatMap(({ values = [] }) =>
      (values as readonly string[]).map((it) => JSON.parse(it)),
    ),
  );
  const images = [...imagesIn(texts), ...imagesIn(stacks.map(({ resource }) => resource))];
  const registries = new Set(images.map(registryOf));
  registries.delete(OWN_REGISTRY);
  expect([...registries].filter((host) => !NODES.has(host))).toEqual([]);
  expect(registries).toContain("docker.elastic.co");
});

test("the document shows what is tried here", () => {
  const code = readFileSync(join(__dirname, "examples", "mirrored-charts.ts"), "utf8");
  const [, region = ""] = /#region [^\n]*\n(.*)\/\/ #endregion/s.exec(code) ?? [];
  const [, shown = ""] = /^ *```ts mirrored-charts\n(.*?)^ *```/ms.exec(PAGE) ?? [];
  expect(shown.replaceAll(/^ {3}/gm, "")).toBe(region);
});

test("it takes every chart from the mirror, and leaves the platform's own chart where it is", () => {
  const mirror = "oci://registry.example.com/charts";
  const mirrored = synthesizeApp((program: App) => {
    platforms(program, environments);
    takeChartsFrom(program, mirror);
  });
  const releases = Object.values(mirrored.stacks).flatMap((tf) => resourcesOf(tf, "helm_release"));
  expect(new Set(releases.map(({ repository }) => repository))).toEqual(new Set([mirror, undefined]));
  expect(releases.filter(({ repository }) => repository === mirror).length).toBe(
    stacks.flatMap((tf) => resourcesOf(tf, "helm_release")).filter(({ repository }) => repository !== undefined).length,
  );
});
