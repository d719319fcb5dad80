import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { transformFileSync } from "@swc/core";
import { COMPILED, ROOT } from "./compiled";

/** What tests start as processes of their own, with all that it imports. */
const PARTS = ["lib", "stacks", "environments", "runtime", "examples", "__tests__/support", "__tests__/examples"];
const PROGRAMS = ["main.ts"];
/** What the library reads beside its own file. */
const CHART = join("lib", "kubernetes", "manifest-chart");
const LEFT_OUT = ["dist", "node_modules"];

/** Compiles what has changed since the last run, so that a single suite does not wait for it. */
export function compilePrograms(): void {
  mkdirSync(COMPILED, { recursive: true });
  const sources = [
    ...PARTS.flatMap((part) => sourcesIn(join(ROOT, part))),
    ...PROGRAMS.map((file) => join(ROOT, file)),
  ];
  for (const source of sources) {
    const target = targetOf(source);
    if (!existsSync(target) || changedAt(target) < Math.max(changedAt(source), changedAt(__filename)))
      compile(source, target);
  }
  cpSync(join(ROOT, CHART), join(COMPILED, CHART), { recursive: true });
  removeAllBut(new Set(sources.map(targetOf)));
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return LEFT_OUT.includes(entry.name) ? [] : sourcesIn(path);
    return /(?<!\.d|\.test)\.ts$/.test(entry.name) ? [path] : [];
  });
}

const changedAt = (file: string): number => statSync(file).mtimeMs;

const targetOf = (source: string): string => join(COMPILED, relative(ROOT, source).replace(/\.ts$/, ".js"));

function compile(source: string, target: string): void {
  const { code } = transformFileSync(source, {
    configFile: false,
    swcrc: false,
    sourceMaps: "inline",
    jsc: {
      target: "es2022",
      parser: { syntax: "typescript" },
      baseUrl: ROOT,
      paths: {
        "cdktf-cqrs": ["lib/index.ts"],
        "cdktf-cqrs/lib/*": ["lib/*.ts"],
        "cdktf-cqrs/stacks/*": ["stacks/*.ts"],
        "cdktf-cqrs/environments/*": ["environments/*.ts"],
        "@cdktf-cqrs/runtime": ["runtime/index.ts"],
        "@cdktf-cqrs/runtime/adapters/*": ["runtime/adapters/*.ts"],
      },
    },
    // `import()` stays what it is, as in the published packages, and finds there by name what a module exports.
    module: { type: "commonjs", ignoreDynamic: true, exportInteropAnnotation: true },
  });
  mkdirSync(dirname(target), { recursive: true });
  // Another run may compile the same file at the same time.
  const unfinished = `${target}.${process.pid}`;
  writeFileSync(unfinished, code);
  renameSync(unfinished, target);
}

/** A source that was deleted must not be found here by what still imports it. */
function removeAllBut(targets: ReadonlySet<string>): void {
  for (const file of readdirSync(COMPILED, { recursive: true, encoding: "utf8" })) {
    const path = join(COMPILED, file);
    if (path.endsWith(".js") && !targets.has(path)) rmSync(path);
  }
}
