import { readdirSync, readFileSync } from "node:fs";
import { join, posix, sep } from "node:path";
import { parseSync } from "@swc/core";

/** A source file, its path from the repository's root with slashes. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

interface Import {
  readonly from: string;
  /** Names under which the file knows what it imports. */
  readonly names: readonly string[];
}

/** What a folder may import beside itself, lowest first. What is not in this table has no place in the design. */
/** What configuration and services have in common. */
const CONTRACT = "lib/contract";
const FOUNDATION = [CONTRACT, "lib/core", "lib/config"];
const GROUND = ["lib/network", "lib/security", "lib/state"];
const BLOCKS = [
  "lib/data",
  "lib/edge",
  "lib/event-store",
  "lib/kubernetes",
  "lib/monitoring",
  "lib/recovery",
  "lib/workloads",
];
/** How a stack becomes JSON. */
const SYNTHESIS = "lib/synthesis";
const LIBRARY = [...FOUNDATION, SYNTHESIS, ...GROUND, ...BLOCKS, "lib/infrastructure"];
const PROGRAMS = [...LIBRARY, "lib/index.ts", "stacks", "environments"];
/** Published on its own: of the library it has the names that both sides must agree on. */
const SHARED = [
  CONTRACT,
  "lib/monitoring",
  "runtime/deadline.ts",
  "runtime/failures.ts",
  "runtime/settings.ts",
  "runtime/text.ts",
];
const PORTS = ["runtime/cache", "runtime/event-store", "runtime/keys", "runtime/metrics", "runtime/read-models"];
const INSIDE = [
  "runtime/health",
  "runtime/recovery",
  "runtime/security",
  "runtime/service",
  "runtime/processors",
  "runtime/projections",
];
/** What knows a vendor's client; nobody else does, and nobody but a program knows them. */
const ADAPTERS = "runtime/adapters";
/** The program, which puts all of it together. */
const OPS = "runtime/ops";
const RUNTIME = [
  "runtime/deadline.ts",
  "runtime/failures.ts",
  "runtime/settings.ts",
  "runtime/text.ts",
  "runtime/index.ts",
  ...PORTS,
  ...INSIDE,
  ADAPTERS,
  OPS,
];
const RUNTIME_MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "runtime/deadline.ts": [],
  "runtime/failures.ts": [],
  "runtime/settings.ts": [],
  "runtime/text.ts": [CONTRACT],
  ...Object.fromEntries(PORTS.map((folder) => [folder, [...SHARED, ...PORTS]])),
  ...Object.fromEntries(INSIDE.map((folder) => [folder, [...SHARED, ...PORTS, ...INSIDE]])),
  [ADAPTERS]: [...SHARED, ...PORTS, ...INSIDE],
  [OPS]: [...SHARED, ...PORTS, ...INSIDE, ADAPTERS],
  "runtime/index.ts": [...SHARED, ...PORTS, ...INSIDE],
};
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  [CONTRACT]: [],
  "lib/core": [CONTRACT],
  "lib/config": [CONTRACT, "lib/core"],
  [SYNTHESIS]: ["lib/core"],
  ...Object.fromEntries(GROUND.map((folder) => [folder, [...FOUNDATION, ...GROUND]])),
  ...Object.fromEntries(BLOCKS.map((folder) => [folder, [...FOUNDATION, ...GROUND]])),
  // What runs in a cluster is made of the cluster's own objects and charts.
  ...Object.fromEntries(
    ["lib/edge", "lib/monitoring", "lib/workloads"].map((folder) => [
      folder,
      [...FOUNDATION, ...GROUND, "lib/kubernetes"],
    ]),
  ),
  "lib/infrastructure": [...FOUNDATION, ...GROUND, ...BLOCKS],
  "lib/index.ts": LIBRARY,
  stacks: LIBRARY,
  environments: ["lib/config", "lib/index.ts"],
  "main.ts": ["stacks", "environments"],
  ...RUNTIME_MAY_IMPORT,
  // They import the packages, as their users do.
  examples: [],
  scripts: [...PROGRAMS, "main.ts", ...RUNTIME, "examples", "__tests__"],
  __tests__: [...PROGRAMS, "main.ts", ...RUNTIME, "examples", "scripts"],
};

/** Globals that make a synthesis depend on the moment or the machine, or print in the middle of a user's program. */
const FORBIDDEN_GLOBALS = ["Date", "performance", "process", "console", "fetch", "crypto", "setTimeout", "setInterval"];
const FORBIDDEN_MODULES = /^(?:node:)?(?:crypto|os|child_process|https?|net|dns|perf_hooks|process)$/;
/** What of a forbidden module depends on its arguments alone. */
const PURE: Readonly<Record<string, readonly string[]>> = { "node:crypto": ["createPublicKey"] };
const CDKTF = /^(?:cdktf|constructs|@cdktf\/.*)$/;
const PROVIDER_INDEX = /^@cdktf\/provider-[a-z]+(?:\/lib(?:\/index)?)?\/?$/;
const FORBIDDEN_FOLDERS = ["utils", "helpers", "common", "types"];
const MOST_LINES = { product: 250, tests: 400 } as const;
/** Written by cdktf's own generator. */
const GENERATED = "lib/event-store/kurrentcloud/";

const ROOT = join(__dirname, "..", "..", "..");
const PROGRAM_FOLDERS = ["lib", "stacks", "environments", "runtime", "examples", "scripts", "__tests__"];
/** What is built is no source. */
const BUILT = /(?:^|\/)(?:dist|node_modules)\//;

/** Every source file of the repository. */
export function sources(): Source[] {
  const below = PROGRAM_FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts") && !BUILT.test(path))
      .map((path) => `${folder}/${path.split(sep).join("/")}`),
  );
  return ["main.ts", ...below].sort().map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
}

/** Imports against the direction of the design, and folders that it does not know. */
export const wrongWayImports = (files: readonly Source[]): string[] =>
  files.flatMap((file) => {
    const home = folderOf(file.path);
    const allowed = MAY_IMPORT[home];
    if (allowed === undefined) return [`${file.path}: ${home} has no place in the design`];
    return targetsOf(file)
      .filter((target) => folderOf(target) !== home && !allowed.includes(folderOf(target)))
      .map((target) => `${file.path} imports ${target}`);
  });

/** Circles of imports, each once: `a -> b -> a`. */
export function cycles(files: readonly Source[]): string[] {
  const targets = new Map(files.map((file) => [withoutEnding(file.path), targetsOf(file).map(withoutEnding)]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) {
      found.push([...way.slice(way.indexOf(file)), file].join(" -> "));
    } else if (!done.has(file)) {
      for (const target of targets.get(file) ?? []) visit(target, [...way, file]);
      done.add(file);
    }
  };
  for (const file of targets.keys()) visit(file, []);
  return found;
}

/** Imports of a whole provider, which alone cost seconds at each start. */
export const providerIndexes = (files: readonly Source[]): string[] =>
  files.flatMap((file) =>
    importsOf(file)
      .filter(({ from }) => PROVIDER_INDEX.test(from))
      .map(({ from }) => `${file.path} imports ${from}`),
  );

/** `instanceof` on cdktf's classes, of which a program may hold two copies. */
export const instanceofs = (files: readonly Source[]): string[] =>
  // To look at a file's nodes takes much longer than at its text.
  files
    .filter(({ text }) => text.includes("instanceof"))
    .flatMap((file) => {
      const names = importsOf(file)
        .filter(({ from }) => CDKTF.test(from))
        .flatMap((it) => it.names);
      return nodesOf(file)
        .filter((node) => node.type === "BinaryExpression" && node.operator === "instanceof")
        .map((node) => leftmostName(node.right))
        .filter((name) => names.includes(name))
        .map((name) => `${file.path}: instanceof ${name}`);
    });

/** What makes a synthesis impure, and `any`, in the product. */
export const impurities = (files: readonly Source[]): string[] =>
  files.filter(isProduct).flatMap((file) => {
    const nodes = nodesOf(file);
    const found = [
      ...nodes.filter((node) => node.type === "Identifier").map((node) => String(node.value)),
      ...nodes.filter((node) => node.type === "MemberExpression").map(memberName),
      ...nodes.filter((node) => node.type === "TsKeywordType").map((node) => `: ${node.kind}`),
    ].filter((name) => [...FORBIDDEN_GLOBALS, "Math.random", "globalThis", ": any"].includes(name));
    const modules = importsOf(file).filter(({ from, names }) => FORBIDDEN_MODULES.test(from) && !isPure(from, names));
    return [...new Set([...found, ...modules.map(({ from }) => from)])].map((what) => `${file.path}: ${what}`);
  });

const isPure = (from: string, names: readonly string[]): boolean =>
  names.length > 0 && names.every((name) => PURE[from]?.includes(name));

/** What bounds waits for sockets, and where else a wait would be bounded by hand. */
const DEADLINE = "runtime/deadline.ts";
const OWN_BOUND = /AbortSignal\.timeout|removeEventListener\("abort"|setTimeout\([^\n]*(?:reject|abort)\(/g;

/** Waits of the runtime that are bounded by a timer or a listener of their own, which each would have to let go of. */
export const ownBounds = (files: readonly Source[]): string[] =>
  files
    .filter(({ path }) => path.startsWith("runtime/") && path !== DEADLINE)
    .flatMap(({ path, text }) => (text.match(OWN_BOUND) ?? []).map((bound) => `${path}: ${bound}`));

/** What asks for a time of day: how old is what has one, when a token ends, a name. Anything else measures a duration. */
const TIMES_OF_DAY = [
  "examples/orders/local/issuer.ts",
  "examples/orders/local/load.ts",
  "runtime/adapters/kurrent-cloud/cloud-request.ts",
  "runtime/event-store/event-store.ts",
  "runtime/ops/commands/list-command.ts",
  "runtime/ops/commands/restore-command.ts",
  "runtime/ops/commands/verify-command.ts",
  "scripts/bench/tokens.ts",
  "scripts/drill/reference-service.ts",
];
const MEASURED = /^(runtime|examples|scripts)\//;
/** A moment that a later one is compared with. */
const KEPT_MOMENT = /\b\w+ = (?:[\w.]+ \?\? )?Date\.now\(\)(?!\.)/g;

/** Durations by a clock that may be set meanwhile: `performance.now()` goes on evenly. */
export const settableDurations = (files: readonly Source[]): string[] =>
  files
    .filter(({ path }) => MEASURED.test(path))
    .flatMap(({ path, text }) => {
      const wrong = TIMES_OF_DAY.includes(path) ? KEPT_MOMENT : /.*Date\.now\(\).*/g;
      return (text.match(wrong) ?? []).map((line) => `${path}: ${line.trim()}`);
    });

/** Object literals in which a spread after a default would put undefined in its place, where that is given explicitly. */
export const lostDefaults = (files: readonly Source[]): string[] =>
  files
    .filter(({ path }) => !path.startsWith("__tests__/"))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/\{[^{}]*?\b(DEFAULT\w*)\b[^{}]*,\s*\.\.\.[\w.]+\b(?!\s*\}\s*=)/g)].map(
        (match) => `${path}: ${match[1]}, then a spread`,
      ),
    );

/** Constructs that go on with the props that they were given, in which keys may be undefined explicitly. */
export const uncheckedProps = (files: readonly Source[]): string[] =>
  files.filter(({ path, text }) => path.startsWith("lib/") && /^\s*checkProps\(/m.test(text)).map(({ path }) => path);

/** Files that one can't take in at a glance any more. */
export const longFiles = (files: readonly Source[]): string[] =>
  files
    .filter(({ path }) => !path.startsWith(GENERATED))
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length }))
    .filter(({ path, lines }) => lines > MOST_LINES[path.startsWith("__tests__/") ? "tests" : "product"])
    .map(({ path, lines }) => `${path}: ${lines} lines`);

/** Folders whose name says nothing of what is in them. */
export const namelessFolders = (files: readonly Source[]): string[] =>
  files
    .map(({ path }) => path)
    .filter((path) => path.startsWith("lib/") && path.split("/").some((name) => FORBIDDEN_FOLDERS.includes(name)));

/** What a file exports, sorted. */
export function exportedNames({ path, text }: Source): string[] {
  const names = nodesOf({ path, text }).flatMap((node) => {
    if (node.type === "ExportAllDeclaration") return [`* from ${literal(node.source)}`];
    if (node.type === "ExportSpecifier") return [literal(node.exported ?? node.orig)];
    if (node.type !== "ExportDeclaration") return [];
    const { declarations, identifier, id } = node.declaration as Node;
    if (Array.isArray(declarations)) return declarations.map((each: Node) => literal(each.id));
    return [literal(identifier ?? id)];
  });
  return names.sort();
}

const isProduct = ({ path }: Source): boolean =>
  (path.startsWith("lib/") || path.startsWith("stacks/")) && !path.startsWith(GENERATED);

/** `lib/core` of `lib/core/rules.ts`; a file directly in `lib` or `runtime` and one in the root is its own folder. */
function folderOf(path: string): string {
  const [first = "", second] = withoutEnding(path).split("/");
  if (second === undefined) return `${first}.ts`;
  if (first !== "lib" && first !== "runtime") return first;
  return path.split("/").length > 2 ? `${first}/${second}` : `${first}/${second}.ts`;
}

const withoutEnding = (path: string): string => path.replace(/\.ts$/, "");

/** Files of the repository that a file imports, by relative path or by the package's own name. */
const targetsOf = (file: Source): string[] =>
  importsOf(file).flatMap(({ from }) => {
    if (from.startsWith(".")) return [posix.join(posix.dirname(file.path), from)];
    const own = /^cdktf-cqrs(?:\/(.+))?$/.exec(from);
    return own === null ? [] : [own[1] ?? "lib/index"];
  });

/** Anything in a syntax tree: what it is, and its parts by swc's names for them. */
interface Node {
  readonly type: string;
  readonly [part: string]: unknown;
}

/** Most rules ask for the imports of all files. */
const importsOfFiles = new WeakMap<Source, readonly Import[]>();

function importsOf(file: Source): readonly Import[] {
  const known = importsOfFiles.get(file);
  if (known !== undefined) return known;
  const imports = importsIn(nodesOf(file));
  importsOfFiles.set(file, imports);
  return imports;
}

const importsIn = (nodes: readonly Node[]): readonly Import[] =>
  nodes.flatMap((node): Import[] => {
    if (node.type === "CallExpression") {
      const callee = node.callee as Node;
      const isImport = callee.type === "Import" || (callee.type === "Identifier" && callee.value === "require");
      const [argument] = node.arguments as { expression: Node }[];
      return isImport && argument?.expression.type === "StringLiteral"
        ? [{ from: literal(argument.expression), names: [] }]
        : [];
    }
    if (!/^(?:Import|ExportNamed|ExportAll)Declaration$/.test(node.type) || !node.source) return [];
    const specifiers = (node.specifiers as Node[] | undefined) ?? [];
    return [{ from: literal(node.source), names: specifiers.map((specifier) => literal(specifier.local)) }];
  });

/** Every node of a file but the names of properties, which are nobody's variables. */
function nodesOf({ text }: Source): Node[] {
  const found: Node[] = [];
  const visit = (value: unknown, part: string): void => {
    if (Array.isArray(value)) for (const each of value) visit(each, part);
    else if (typeof value === "object" && value !== null) {
      const node = value as Node;
      if (node.type === "Identifier" && (part === "property" || part === "key")) return;
      if (typeof node.type === "string") found.push(node);
      for (const [name, each] of Object.entries(node)) visit(each, name);
    }
  };
  visit(parseSync(text, { syntax: "typescript", target: "es2022" }).body, "body");
  return found;
}

const literal = (node: unknown): string => String((node as Node | undefined)?.value ?? "");

const memberName = ({ object, property }: Node): string => `${literal(object)}.${literal(property)}`;

function leftmostName(node: unknown): string {
  const { type, object } = node as Node;
  return type === "MemberExpression" ? leftmostName(object) : literal(node);
}
