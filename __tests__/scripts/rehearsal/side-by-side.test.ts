import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { distinctStacks } from "../../../scripts/rehearsal/distinct-stacks";
import { rehearseSideBySide } from "../../../scripts/rehearsal/side-by-side";
import { runTool } from "../../../scripts/rehearsal/tool";
import { stack } from "./rehearsed-stacks";

// A fake of the tool, which is not in this repository.
jest.mock("../../../scripts/rehearsal/tool");
const tool = jest.mocked(runTool);

let folder = "";
beforeEach(() => {
  tool.mockReset();
  folder = mkdtempSync(join(tmpdir(), "side-by-side-"));
  mkdirSync(join(folder, "synthesized"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Two stacks that do not need each other. The larger is written first. */
function rehearse(folderOfSmall = "synthesized") {
  const large = { ...stack("large".repeat(10)), folder: join(folder, "synthesized") };
  const small = { ...stack("small"), folder: join(folder, folderOfSmall) };
  const stacks = distinctStacks([{ label: "", versions: [{ large, small }] }]);
  return rehearseSideBySide(stacks, { folder, signal: new AbortController().signal, report: () => {} });
}

/** A run that ends a moment after it is stopped. It uses its folder until then. */
const stoppable: typeof runTool = async ({ folder: own, signal }) => {
  while (!signal.aborted) await wait(5);
  await wait(50);
  mkdirSync(join(own, "last"), { recursive: true });
  return { isPassed: false, kept: undefined };
};

test("two runs that pass are both reported", async () => {
  tool.mockResolvedValue({ isPassed: true, kept: "/kept" });
  expect(await rehearse()).toMatchObject([
    { isPassed: true, isStopped: false, stacks: [{ name: "large" }] },
    { isPassed: true, isStopped: false, stacks: [{ name: "small" }] },
  ]);
});

test("a run that fails stops the other, which is reported as stopped", async () => {
  tool.mockImplementationOnce(stoppable).mockResolvedValueOnce({ isPassed: false, kept: "/kept" });
  expect(await rehearse()).toMatchObject([
    { isPassed: false, isStopped: true, stacks: [{ name: "large" }] },
    { isPassed: false, isStopped: false, stacks: [{ name: "small" }] },
  ]);
});

test("if a program cannot be written, the other run is stopped and has ended before the error is thrown", async () => {
  tool.mockImplementationOnce(stoppable);
  await expect(rehearse("missing")).rejects.toThrow(/ENOENT.*missing/);
  expect(existsSync(join(folder, "0", "files", "last"))).toBe(true);
});
