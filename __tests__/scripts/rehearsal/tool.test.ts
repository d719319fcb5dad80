import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "../../../scripts/rehearsal/tool";

jest.mock("node:child_process", () => ({ spawn: jest.fn() }));
const { spawn: realSpawn } = jest.requireActual<typeof import("node:child_process")>("node:child_process");

const folder = mkdtempSync(join(tmpdir(), "tool-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a fake of the tool, which is not in this repository: a program that prints lines and exits. */
async function run(lines: readonly string[], exitCode: number) {
  const program = `console.log(${JSON.stringify(lines.join("\n"))}); process.exitCode = ${exitCode};`;
  jest
    .mocked(spawn)
    .mockImplementation((_command, _args, options) => realSpawn(process.execPath, ["--eval", program], options ?? {}));
  const blocks: string[] = [];
  const { signal } = new AbortController();
  const rehearsed = await runTool({ args: [], folder, signal, report: (block) => blocks.push(block) });
  return { rehearsed, blocks };
}

test("output is reported in blocks, without the line that names what is kept", async () => {
  expect(await run(["one  1 added, 0 changed", "    ~ aws_vpc.V", "two  2 resources", "kept in /kept"], 0)).toEqual({
    rehearsed: { isPassed: true, kept: "/kept" },
    blocks: ["one  1 added, 0 changed\n    ~ aws_vpc.V", "two  2 resources"],
  });
});

test("a run that passes without naming what it keeps is refused, because its states are not read", async () => {
  await expect(run(["two  2 resources"], 0)).rejects.toThrow(
    /rehearse\.mjs: must print the folder that it keeps, got none/,
  );
});

test("a run that fails need not keep anything", async () => {
  expect((await run([], 1)).rehearsed).toEqual({ isPassed: false, kept: undefined });
});
