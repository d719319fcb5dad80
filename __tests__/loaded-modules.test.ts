import { execFileSync } from "node:child_process";
import { join } from "node:path";

// What is loaded decides how long a program takes until its first construct: by the count of modules and by their size.

interface Loaded {
  readonly modules: number;
  readonly bytes: number;
}

/** What loading a module loads, by package; ours is `.`. */
function loadedBy(module: string): Readonly<Record<string, Loaded>> {
  const program = `
    require(${JSON.stringify(module)});
    const loaded = {};
    for (const path of Object.keys(require.cache)) {
      const [, name = "."] = /.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(path) ?? [];
      const { modules, bytes } = loaded[name] ?? { modules: 0, bytes: 0 };
      const { size } = require("node:fs").statSync(path.replace(/\\?.*/, ""));
      loaded[name] = { modules: modules + 1, bytes: bytes + size };
    }
    console.log(JSON.stringify(loaded));`;
  const node = [process.execPath, ["--import", "tsx", "--eval", program]] as const;
  return JSON.parse(execFileSync(...node, { cwd: join(__dirname, ".."), encoding: "utf8" }));
}

const platform = loadedBy("./stacks/platform");

test.each([
  { name: ".", modules: 230, megabytes: 0.9 },
  { name: "@cdktf/provider-aws", modules: 70, megabytes: 8.5 },
  { name: "@cdktf/provider-cloudflare", modules: 6, megabytes: 1.7 },
  { name: "@cdktf/provider-helm", modules: 2, megabytes: 0.4 },
  { name: "@cdktf/provider-kubernetes", modules: 6, megabytes: 0.7 },
])("a platform loads at most $modules modules and $megabytes MB of $name", ({ name, modules, megabytes }) => {
  expect(platform[name]).toBeDefined();
  expect(platform[name]?.modules).toBeLessThanOrEqual(modules);
  expect((platform[name]?.bytes ?? 0) / 1e6).toBeLessThanOrEqual(megabytes);
});

test("a platform loads nothing of Grafana's SDK, whose types alone check the dashboards", () => {
  expect(platform).not.toHaveProperty("@grafana/grafana-foundation-sdk");
});
