import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeWhole } from "../../../../runtime/recovery/managed/whole-files";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "whole-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("files are written into a folder that is made", async () => {
  const below = join(folder, "one", "two");
  expect(await writeWhole(below, { a: "first", b: "second" })).toEqual([join(below, "a"), join(below, "b")]);
  expect(readFileSync(join(below, "b"), "utf8")).toBe("second");
});

test("where one can't be written, those before are as they were, and nothing is left behind", async () => {
  writeFileSync(join(folder, "a"), "before");
  await expect(writeWhole(folder, { a: "first", "missing/b": "second" })).rejects.toMatchObject({ code: "ENOENT" });
  expect(readdirSync(folder)).toEqual(["a"]);
  expect(readFileSync(join(folder, "a"), "utf8")).toBe("before");
});
