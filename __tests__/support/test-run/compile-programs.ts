import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { type Options, transformSync, version } from "@swc/core";
import { COMPILED, compiled, ROOT } from "./compiled";

/** What tests start as processes of their own, with all that it imports. */
const PARTS = ["lib", "stacks", "environments", "runtime", "examples", "__tests__/support", "__tests__/examples"];
const PROGRAMS = ["main.ts"];
/** A folder that the library reads at run time. */
const CHART = join("lib", "kubernetes", "manifest-chart");
/** What `main.ts` reads. */
const LOCK = "protection.lock.json";
const LEFT_OUT = ["dist", "node_modules"];

const OPTIONS: Options = {
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
};

/** Compiles what has changed since the last run, so that a single suite does not wait for it. */
export function compilePrograms(): void {
  const sources = [
    ...PARTS.flatMap((part) => sourcesIn(join(ROOT, part))),
    ...PROGRAMS.map((file) => join(ROOT, file)),
  ];
  for (const source of sources) compileIfChanged(source, compiled(source));
  cpSync(join(ROOT, CHART), join(COMPILED, CHART), { recursive: true });
  const chart = filesIn(join(ROOT, CHART)).map((file) => join(COMPILED, relative(ROOT, file)));
  cpSync(join(ROOT, LOCK), join(COMPILED, LOCK));
  removeAllBut(new Set([...sources.map(compiled), ...chart, join(COMPILED, LOCK)]));
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return LEFT_OUT.includes(entry.name) ? [] : sourcesIn(path);
    return /(?<!\.d|\.test)\.ts$/.test(entry.name) ? [path] : [];
  });
}

/** A time of change says too little: a file that is restored from an archive may be older than its program. */
function compileIfChanged(source: string, target: string): void {
  const text = readFileSync(source, "utf8");
  const key = createHash("sha256")
    .update(JSON.stringify([version, OPTIONS, text]))
    .digest("hex");
  // At the end: the first line may be for the shell, and the lines of the source map stay right.
  const mark = `\n/* ${key} */\n`;
  if (existsSync(target) && readFileSync(target, "utf8").endsWith(mark)) return;
  mkdirSync(dirname(target), { recursive: true });
  // Another run may compile the same file at the same time.
  const unfinished = `${target}.${process.pid}`;
  writeFileSync(unfinished, codeOf(source, text) + mark);
  renameSync(unfinished, target);
}

/** A file that does not compile fails the programs that load it, with its error, and no other test. */
function codeOf(source: string, text: string): string {
  try {
    return transformSync(text, { ...OPTIONS, filename: source }).code;
  } catch (error) {
    return `throw new Error(${JSON.stringify(`${relative(ROOT, source)}: must compile, got ${error}`)});`;
  }
}

/** Removes the code of deleted sources, which programs could still load, and what an interrupted run has left. */
function removeAllBut(files: ReadonlySet<string>): void {
  for (const file of filesIn(COMPILED))
    if (!files.has(file) && !isOfRunningProcess(file)) rmSync(file, { force: true });
}

/** Whether another run is about to rename the file. */
function isOfRunningProcess(file: string): boolean {
  const [, id] = /\.js\.(\d+)$/.exec(file) ?? [];
  if (id === undefined) return false;
  try {
    return process.kill(Number(id), 0);
  } catch {
    return false;
  }
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
