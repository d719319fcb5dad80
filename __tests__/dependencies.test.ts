import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { sources } from "./support/documents/source-rules";
import { ROOT } from "./support/test-run/compiled";

type Ranges = Readonly<Record<string, string>>;
interface Manifest {
  readonly name: string;
  readonly exports?: unknown;
  readonly dependencies?: Ranges;
  readonly peerDependencies?: Ranges;
}

const manifestIn = (folder: string): Manifest => JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8"));
const runtime = manifestIn("runtime");

/** What each package publishes, and packages that it needs but does not import. */
const PACKAGES = [
  // cdktf's own peer.
  { folder: ".", published: /^(?:lib|stacks|environments)\//, others: ["constructs"] },
  { folder: "runtime", published: /^runtime\//, others: [] },
  // The peers of the runtime, whose adapters it uses.
  {
    folder: "examples/orders",
    published: /^examples\/orders\//,
    others: Object.keys(runtime.peerDependencies ?? {}),
  },
].map((each) => ({ ...each, manifest: manifestIn(each.folder) }));

/** `from "…"`, `import("…")` and `import "…"`, but for types alone: the package's name, and the path in it. */
const IMPORT =
  /(?:^(?:import|export)(?! type)[^;]*? from |\bimport |\bimport\()"((?:@[^"/]+\/)?[^"./@][^"/]*)(\/[^"]+)?"/gm;
/** The same, types too. */
const MENTION = /(?:\bfrom |\bimport |\bimport\()"((?:@[^"/]+\/)?[^"./@][^"/]*)(\/[^"]+)?"/g;

interface Import {
  readonly file: string;
  readonly name: string;
  readonly path: string | undefined;
}

const files = sources();
const importsIn = (published: RegExp, form: RegExp): readonly Import[] =>
  files
    .filter(({ path }) => published.test(path))
    .flatMap(({ path: file, text }) => [...text.matchAll(form)].map(([, name = "", path]) => ({ file, name, path })))
    .filter(({ name }) => !isBuiltin(name));

describe.each(PACKAGES)("$manifest.name", ({ published, others, manifest }) => {
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies };

  test("declares each package that it loads", () => {
    const undeclared = importsIn(published, IMPORT).filter(
      ({ name }) => name !== manifest.name && !Object.hasOwn(declared, name),
    );
    expect(undeclared).toEqual([]);
  });

  test("uses each package that it declares", () => {
    const used = new Set([...importsIn(published, MENTION).map(({ name }) => name), ...others]);
    expect(Object.keys(declared).filter((name) => !used.has(name))).toEqual([]);
  });

  test("takes a file that a package does not offer from one version alone", () => {
    const private_ = importsIn(published, MENTION).filter(({ name, path }) => path !== undefined && !isOffered(name));
    expect(private_.filter(({ name }) => !/^\d+\.\d+\.\d+$/.test(declared[name] ?? ""))).toEqual([]);
  });
});

/** By `exports`, or by the package's own documentation. */
const isOffered = (name: string): boolean =>
  name.startsWith("@cdktf/provider-") || manifestIn(join("node_modules", name)).exports !== undefined;

test("the runtime takes files that KurrentDB's client does not offer", () => {
  const paths = importsIn(/^runtime\//, MENTION).filter(({ name }) => name === "@kurrent/kurrentdb-client");
  expect(paths.filter(({ path }) => path !== undefined)).not.toEqual([]);
});

describe("what docs install", () => {
  const documents = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .map((path) => join("docs", path));
  const installed = ["README.md", ...documents].flatMap((file) =>
    [...readFileSync(join(ROOT, file), "utf8").matchAll(/^npm install (?!--save-dev)((?:.*\\\n)*.*)$/gm)]
      .flatMap(([, names = ""]) => names.split(/[\s\\]+/))
      // A file is the package itself.
      .filter((name) => !name.includes("./"))
      .map((name) => ({ file, name })),
  );
  const peers = runtime.peerDependencies ?? {};

  test("is what the runtime is tried with", () => {
    expect(installed.length).toBeGreaterThan(10);
    expect(
      installed.filter(({ name }) => {
        const [, peer = "", version] = /^(@?[^@]+)(?:@(.+))?$/.exec(name) ?? [];
        const range = peers[peer];
        // One version alone must be named: npm would take the newest, and refuse it.
        return range === undefined || version !== (/^\d/.test(range) ? range : undefined);
      }),
    ).toEqual([]);
  });
});
