import { readFileSync } from "node:fs";
import { join } from "node:path";

const { exports: exported, typesVersions } = JSON.parse(readFileSync(join(__dirname, "..", "package.json"), "utf8"));

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
