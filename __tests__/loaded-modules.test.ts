import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { compiled, ROOT } from "./support/test-run/compiled";

// What is loaded decides how long a program takes until its first construct: by the count of modules and by their size.

interface Loaded {
  readonly modules: number;
  readonly bytes: number;
}
type LoadedByPackage = Readonly<Record<string, Loaded>>;

/** The JavaScript that a program loads to construct the environments, by package; ours is `.`. */
function loadedBy(environments: string): LoadedByPackage {
  const program = `
    const { production } = require(${JSON.stringify(compiled(join(ROOT, "environments", "production.ts")))});
    const { platforms } = require(${JSON.stringify(compiled(join(ROOT, "stacks", "platform.ts")))});
    platforms(new (require("cdktf").App)(), ${environments});
    const { readFileSync } = require("node:fs");
    const loaded = {};
    for (const path of Object.keys(require.cache)) {
      const [, name = "."] = /.*node_modules\\/((?:@[^/]+\\/)?[^./][^/]*)/.exec(path) ?? [];
      const { modules, bytes } = loaded[name] ?? { modules: 0, bytes: 0 };
      const file = readFileSync(path, "utf8");
      // Ours end with a map of the source when they are compiled for tests, and have none in the package.
      const code = name === "." ? file.split("\\n//# sourceMappingURL=")[0] : file;
      loaded[name] = { modules: modules + 1, bytes: bytes + Buffer.byteLength(code) };
    }
    console.log(JSON.stringify(loaded));`;
  return JSON.parse(execFileSync(process.execPath, ["--eval", program], { cwd: ROOT, encoding: "utf8" }));
}

/** Neither services, with their edge and jobs, nor monitoring. */
const BARE = `{
  bare: {
    ...production,
    ...{ services: undefined, auth: undefined, cloudflare: undefined },
    recovery: { ...production.recovery, jobs: undefined },
    monitoring: undefined,
    infrastructure: {
      ...production.infrastructure,
      monitoring: { prometheus: false, grafana: false, elasticStack: false },
    },
  },
}`;

describe.each([
  {
    what: "with everything",
    environments: "{ production }",
    limits: {
      ".": { modules: 285, megabytes: 1.08 },
      "@cdktf/provider-aws": { modules: 71, megabytes: 8.5 },
      "@cdktf/provider-cloudflare": { modules: 6, megabytes: 1.7 },
      "@cdktf/provider-helm": { modules: 2, megabytes: 0.4 },
      "@cdktf/provider-kubernetes": { modules: 6, megabytes: 0.7 },
    },
  },
  {
    what: "without services, edge and monitoring",
    environments: BARE,
    limits: {
      ".": { modules: 151, megabytes: 0.58 },
      "@cdktf/provider-aws": { modules: 69, megabytes: 8.5 },
      "@cdktf/provider-helm": { modules: 1, megabytes: 0.1 },
      "@cdktf/provider-kubernetes": { modules: 1, megabytes: 0.1 },
    },
  },
])("a platform $what", ({ environments, limits }) => {
  let loaded: LoadedByPackage;

  beforeAll(() => {
    loaded = loadedBy(environments);
  });

  test("loads no other package of bindings, and nothing of Grafana's SDK, whose types alone check the dashboards", () => {
    const named = Object.keys(loaded).filter((name) => /^(?:\.|@cdktf\/.*|@grafana\/.*)$/.test(name));
    expect(named.toSorted()).toEqual(Object.keys(limits).toSorted());
  });

  test.each(Object.entries(limits))("loads at most as much of %s as its limits: %j", (name, limit) => {
    expect(loaded[name]?.modules).toBeLessThanOrEqual(limit.modules);
    expect((loaded[name]?.bytes ?? Number.NaN) / 1e6).toBeLessThanOrEqual(limit.megabytes);
  });
});
