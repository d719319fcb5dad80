import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./support/compiled";

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

/** The packages that a package's published declarations import. */
function packagesOfTypes(folder: string): readonly string[] {
  const declarations = mkdtempSync(join(tmpdir(), "declarations-"));
  try {
    const options = ["-p", join(folder, "tsconfig.build.json"), "--emitDeclarationOnly", "--outDir", declarations];
    execFileSync(join(ROOT, "node_modules", ".bin", "tsc"), options);
    const imported = readdirSync(declarations, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".d.ts"))
      .flatMap((file) => [...readFileSync(join(declarations, file), "utf8").matchAll(IMPORT)])
      .map(([, name = ""]) => name);
    return [...new Set(imported)].filter((name) => !isBuiltin(name)).toSorted();
  } finally {
    rmSync(declarations, { recursive: true });
  }
}
/** `from "…"`, `import("…")` and `import "…"`: the package's name, without the module's path in it. */
const IMPORT = /\b(?:from |import |import\()"((?:@[^"/]+\/)?[^"./@][^"/]*)/g;

test.each([
  { name: "cdktf-cqrs", folder: ROOT, least: "cdktf" },
  { name: "@cdktf-cqrs/runtime", folder: join(ROOT, "runtime"), least: "pino" },
])("$name depends on every package that its published types import", ({ folder, least }) => {
  const { dependencies, peerDependencies } = packageIn(folder);
  const imported = packagesOfTypes(folder);
  expect(imported).toContain(least);
  expect(imported.filter((name) => !Object.hasOwn({ ...dependencies, ...peerDependencies }, name))).toEqual([]);
});
