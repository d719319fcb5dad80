import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import { COMPILED, ROOT } from "./support/test-run/compiled";

const packageIn = (folder: string) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

const { exports: exported, typesVersions } = packageIn(ROOT);

/** Where types are, by the folder that a program imports from. */
const folders = (paths: Readonly<Record<string, unknown>>) =>
  Object.entries(paths).flatMap(([path, target]) => (path.endsWith("/*") ? [[path.replace(/^\.\//, ""), target]] : []));

// cdktf's own template is one of them.
test("compilers that know nothing of a package's exports find the same types", () => {
  const exportedTypes = folders(exported).map(([path, target]) => [
    path,
    [(target as { types: string }).types.replace(/^\.\//, "")],
  ]);
  expect(folders(typesVersions["*"])).toEqual(exportedTypes);
});

/** `from "…"`, `import("…")` and `import "…"`: the package's name, without the module's path in it. */
const IMPORT = /\b(?:from |import |import\()"((?:@[^"/]+\/)?[^"./@][^"/]*)/g;

/** Prints names that a CommonJS module exports and an ES module can't import by name. */
const MISSED_NAMES = `
  import { createRequire } from "node:module";
  const [, path] = process.argv;
  const named = await import(path);
  const exported = Object.keys(createRequire(path)(path));
  console.log(JSON.stringify({ count: exported.length, missed: exported.filter((name) => !(name in named)) }));`;

/** Programs of the package's user, which run in the built package. */
const CONSTRUCTS_PRODUCTION = `
  const { App } = require("cdktf");
  const { production } = require("./environments/production.js");
  const { platforms } = require("./stacks/platform.js");
  console.log(platforms(new App(), { production }).length);`;
const LOADS_THE_RUNTIME = `console.log(require("./runtime/index.js") ? 1 : 0);`;

describe.each([
  {
    name: "cdktf-cqrs",
    folder: ROOT,
    dependency: "cdktf",
    modules: ["lib/index.js", "stacks/platform.js"],
    program: CONSTRUCTS_PRODUCTION,
  },
  {
    name: "@cdktf-cqrs/runtime",
    folder: join(ROOT, "runtime"),
    dependency: "pino",
    modules: ["runtime/index.js"],
    program: LOADS_THE_RUNTIME,
  },
])("$name as it is published", ({ folder, dependency, modules, program }) => {
  let built: string;

  beforeAll(() => {
    // Below `node_modules`, so that its imports resolve.
    built = mkdtempSync(join(dirname(COMPILED), "package-"));
    const tsc = join(ROOT, "node_modules", ".bin", "tsc");
    execFileSync(tsc, ["-p", join(folder, "tsconfig.build.json"), "--outDir", built]);
    // As the script `build` does.
    const chart = join("lib", "kubernetes", "manifest-chart");
    if (folder === ROOT) cpSync(join(ROOT, chart), join(built, chart), { recursive: true });
  });
  afterAll(() => rmSync(built, { recursive: true }));

  // Built, a module's names are properties of CommonJS's `exports`, unlike in the sources that other tests run.
  test("runs", () => {
    const env = { ...process.env, CDKTF_OUTDIR: join(built, "cdktf.out") };
    expect(execFileSync(process.execPath, ["--eval", program], { cwd: built, env, encoding: "utf8" })).toBe("1\n");
  });

  test("depends on every package that its types import", () => {
    const imported = readdirSync(built, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".d.ts"))
      .flatMap((file) => [...readFileSync(join(built, file), "utf8").matchAll(IMPORT)])
      .map(([, name = ""]) => name);
    const { dependencies, peerDependencies } = packageIn(folder);
    const isDependency = (name: string) => Object.hasOwn({ ...dependencies, ...peerDependencies }, name);
    expect(imported).toContain(dependency);
    expect(imported.filter((name) => !isBuiltin(name) && !isDependency(name))).toEqual([]);
  });

  test.each(modules)("has names in %s that an ES module can import", (module) => {
    const args = ["--input-type=module", "--eval", MISSED_NAMES, join(built, module)];
    const { count, missed } = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
    expect(count).toBeGreaterThan(1);
    expect(missed).toEqual([]);
  });
});
