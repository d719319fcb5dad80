import { readFileSync } from "node:fs";
import { join } from "node:path";
import { toMatchFile } from "jest-file-snapshot";
import {
  cycles,
  exportedNames,
  impurities,
  instanceofs,
  longFiles,
  lostDefaults,
  namelessFolders,
  ownBounds,
  providerIndexes,
  type Source,
  settableDurations,
  sources,
  uncheckedProps,
  wrongWayImports,
} from "./support/documents/source-rules";

expect.extend({ toMatchFile });

const file = (path: string, text: string): Source => ({ path, text });
const lines = (count: number): string => "// line\n".repeat(count);

const RULES: readonly { readonly name: string; readonly check: (files: readonly Source[]) => string[] }[] = [
  { name: "imports go one way", check: wrongWayImports },
  { name: "no file imports itself by way of others", check: cycles },
  { name: "no file imports a whole provider", check: providerIndexes },
  { name: "no instanceof on cdktf's classes", check: instanceofs },
  { name: "the same input gives the same output, and nothing is of type any", check: impurities },
  { name: "every wait of the runtime is bounded in one place", check: ownBounds },
  { name: "durations are measured by a clock that can't be set", check: settableDurations },
  { name: "nothing given as undefined takes the place of a default", check: lostDefaults },
  { name: "constructs use the props that checkProps returns", check: uncheckedProps },
  { name: "files are short", check: longFiles },
  { name: "folders are named by what is in them", check: namelessFolders },
];

const SOURCES = sources();

test.each(RULES)("$name", ({ check }) => {
  expect(check(SOURCES)).toEqual([]);
});

describe("what the rules find", () => {
  test.each([
    ["lib/core/a.ts", "../config/environment", "lib/config/environment"],
    ["lib/config/a.ts", "../network/network", "lib/network/network"],
    ["lib/network/a.ts", "../kubernetes/addon", "lib/kubernetes/addon"],
    ["lib/data/a.ts", "../kubernetes/addon", "lib/kubernetes/addon"],
    ["lib/data/a.ts", "../infrastructure/write-cluster", "lib/infrastructure/write-cluster"],
    ["lib/data/a.ts", "../index", "lib/index"],
    ["lib/data/a.ts", "cdktf-cqrs", "lib/index"],
    ["lib/data/a.ts", "cdktf-cqrs/stacks/platform", "stacks/platform"],
    ["lib/infrastructure/a.ts", "../../stacks/platform", "stacks/platform"],
    ["stacks/a.ts", "../environments/production", "environments/production"],
    ["environments/a.ts", "../stacks/platform", "stacks/platform"],
    ["main.ts", "./lib/core/names", "lib/core/names"],
    ["main.ts", "./__tests__/support/plan", "__tests__/support/plan"],
  ])("%s must not import %s", (path, from, target) => {
    expect(wrongWayImports([file(path, `import { a } from "${from}";`)])).toEqual([`${path} imports ${target}`]);
  });

  test.each([
    'export { a } from "../data/a";',
    'export * from "../data/a";',
    'import type { A } from "../data/a";',
    'const a = await import("../data/a");',
    'const a = require("../data/a");',
  ])("an import in any form: %s", (text) => {
    expect(wrongWayImports([file("lib/core/a.ts", text)])).toEqual(["lib/core/a.ts imports lib/data/a"]);
  });

  test("a folder that the design does not know", () => {
    expect(wrongWayImports([file("lib/odds/a.ts", "")])).toEqual([
      "lib/odds/a.ts: lib/odds has no place in the design",
    ]);
  });

  test("a circle of imports, once", () => {
    const circle = [
      file("lib/core/a.ts", 'import { b } from "./b";'),
      file("lib/core/b.ts", 'import { c } from "./c";'),
      file("lib/core/c.ts", 'import { a } from "./a";'),
    ];
    expect(cycles(circle)).toEqual(["lib/core/a -> lib/core/b -> lib/core/c -> lib/core/a"]);
  });

  test.each(["@cdktf/provider-aws", "@cdktf/provider-aws/lib", "@cdktf/provider-helm/lib/index"])(
    "a whole provider: %s",
    (from) => {
      const text = `import { a } from "${from}";`;
      expect(providerIndexes([file("stacks/a.ts", text)])).toEqual([`stacks/a.ts imports ${from}`]);
      expect(providerIndexes([file("stacks/a.ts", 'import { a } from "@cdktf/provider-aws/lib/vpc";')])).toEqual([]);
    },
  );

  test.each([
    ['import { TerraformStack } from "cdktf"; export const a = b instanceof TerraformStack;', "TerraformStack"],
    ['import { Construct as C } from "constructs"; export const a = b instanceof C;', "C"],
    ['import * as cdktf from "cdktf"; export const a = b instanceof cdktf.App;', "cdktf"],
    ['import { Vpc } from "@cdktf/provider-aws/lib/vpc"; export const a = b instanceof Vpc;', "Vpc"],
  ])("instanceof on a class of cdktf: %s", (text, name) => {
    expect(instanceofs([file("lib/core/a.ts", text)])).toEqual([`lib/core/a.ts: instanceof ${name}`]);
  });

  test("instanceof on another class is allowed", () => {
    expect(instanceofs([file("lib/core/a.ts", "export const a = b instanceof Error;")])).toEqual([]);
  });

  test.each([
    ["const a = Date.now();", "Date"],
    ["const a = new Date();", "Date"],
    ["const a = Math.random();", "Math.random"],
    ["const a = crypto.randomUUID();", "crypto"],
    ["const a = globalThis;", "globalThis"],
    ['import { createHash } from "node:crypto";', "node:crypto"],
    ['import { hostname } from "os";', "os"],
    ["const a = process.env.A;", "process"],
    ['console.log("a");', "console"],
    ['const a = fetch("a");', "fetch"],
    ["const a: any = 1;", ": any"],
    ["const a = b as any;", ": any"],
  ])("an impurity: %s", (text, what) => {
    expect(impurities([file("stacks/a.ts", text)])).toEqual([`stacks/a.ts: ${what}`]);
  });

  test.each([
    "// Date.now() and any",
    'const a = "process.env";',
    "const a = b.process.console;",
    "const a = { process: 1, fetch: 2 };",
    "const a = Math.max(1, 2);",
  ])("no impurity: %s", (text) => {
    expect(impurities([file("lib/core/a.ts", text)])).toEqual([]);
  });

  test.each([
    ["const a = { ...DEFAULT_LOGS, ...options };", "DEFAULT_LOGS"],
    ["const a = { ...DEFAULTS, batch: 1, ...this.options };", "DEFAULTS"],
    ["run({ parallelism: DEFAULT_PARALLELISM, ...options });", "DEFAULT_PARALLELISM"],
  ])("a default that is lost where undefined is given: %s", (text, name) => {
    expect(lostDefaults([file("runtime/a.ts", text)])).toEqual([`runtime/a.ts: ${name}, then a spread`]);
  });

  test("a construct that ignores what checkProps returns", () => {
    expect(uncheckedProps([file("lib/a.ts", "    checkProps(this, props, RULES);")])).toEqual(["lib/a.ts"]);
    expect(uncheckedProps([file("lib/a.ts", "    props = checkProps(this, props, RULES);")])).toEqual([]);
  });

  test.each([
    "const a = withDefaults(DEFAULT_LOGS, options);",
    "const a = { ...options, parallelism: DEFAULT_PARALLELISM };",
    "const { batch = DEFAULTS.batch, ...others } = options;",
  ])("no default that is lost: %s", (text) => {
    expect(lostDefaults([file("lib/a.ts", text)])).toEqual([]);
  });

  test.each([
    ["lib/core/a.ts", 250],
    ["stacks/a.ts", 250],
    ["__tests__/core/a.test.ts", 400],
  ])("%s of more than %d lines", (path, most) => {
    expect(longFiles([file(path, lines(most))])).toEqual([]);
    expect(longFiles([file(path, lines(most + 1))])).toEqual([`${path}: ${most + 1} lines`]);
  });

  test.each([
    ["AbortSignal.timeout(5)", "AbortSignal.timeout"],
    ['signal.removeEventListener("abort", leave)', 'removeEventListener("abort"'],
    ["setTimeout(() => reject(new Error()), 5)", "setTimeout(() => reject("],
    ["setTimeout(() => limit.abort(), 5)", "setTimeout(() => limit.abort("],
  ])("a wait that is bounded by hand: %s", (text, found) => {
    expect(ownBounds([file("runtime/keys/a.ts", text)])).toEqual([`runtime/keys/a.ts: ${found}`]);
    expect(ownBounds([file("runtime/deadline.ts", text), file("scripts/a.ts", text)])).toEqual([]);
  });

  test.each([
    ["runtime/keys/a.ts", "if (Date.now() > until) return;", ["if (Date.now() > until) return;"]],
    ["scripts/a.ts", "const began = Date.now();", ["const began = Date.now();"]],
    ["runtime/ops/commands/list-command.ts", "const began = Date.now();", ["began = Date.now()"]],
    ["runtime/ops/commands/list-command.ts", "ago(entry.recoveryPoint, Date.now())", []],
    ["lib/core/a.ts", "const began = Date.now();", []],
  ])("a duration by a clock that can be set, in %s: %s", (path, text, found) => {
    expect(settableDurations([file(path, text)])).toEqual(found.map((line) => `${path}: ${line}`));
  });

  test("generated bindings may be long", () => {
    expect(longFiles([file("lib/event-store/kurrentcloud/project/index.ts", lines(1000))])).toEqual([]);
  });

  test.each(["utils", "helpers", "common", "types"])("a folder named %s", (name) => {
    expect(namelessFolders([file(`lib/${name}/a.ts`, "")])).toEqual([`lib/${name}/a.ts`]);
  });

  test("every name that a file exports, in whatever form", () => {
    const text = `
      export { Network, type NetworkProps as Props } from "./network/network";
      export class Account {}
      export interface Subnet {}
      export const a = 1, b = 2;
      export * from "./core/rules";`;
    const names = ["* from ./core/rules", "Account", "Network", "Props", "Subnet", "a", "b"];
    expect(exportedNames(file("lib/index.ts", text))).toEqual(names);
  });
});

// A name that goes breaks somebody's program: `npx jest -u architecture` approves it, a major version says it.
test("the public names are those that were approved", () => {
  const names = exportedNames(file("lib/index.ts", readFileSync(join(__dirname, "..", "lib", "index.ts"), "utf8")));
  expect(`${names.join("\n")}\n`).toMatchFile(join(__dirname, "public-names.txt"));
});
