import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compiled, ROOT } from "../../support/test-run/compiled";

const COMMAND = [process.execPath, compiled(join(ROOT, "__tests__", "support", "runtime", "progress-run.ts"))];
const ESCAPE = String.fromCharCode(27);

test("on a terminal it is a bar, and a count where the end is unknown", () => {
  const folder = mkdtempSync(join(tmpdir(), "terminal-"));
  const typescript = join(folder, "typescript");
  // Debian's own way to give a program a terminal.
  spawnSync("script", ["--quiet", "--command", COMMAND.join(" "), typescript], { stdio: "ignore" });
  const shown = readFileSync(typescript, "utf8");
  rmSync(folder, { recursive: true });
  expect(shown).toContain("rebuild begun\r\n");
  expect(shown).toMatch(/events replayed =+-+ 10\/40 events, \d+\/s/);
  expect(shown).toMatch(/events replayed ={15}-{15} 20\/40 events, \d+\/s/);
  expect(shown).toContain("models completed\r\n");
  expect(shown).toMatch(/segment backed up: 7 events, \d+\/s/);
  expect(shown).not.toContain("megabytes");
  // The cursor is hidden with each bar, and shown again.
  const times = (code: string) => shown.split(`${ESCAPE}[?25${code}`).length;
  expect(times("l")).toBeGreaterThan(1);
  expect(times("h")).toBe(times("l"));
}, 30_000);

test("elsewhere it is a line of JSON for each stage, one a second of those that come often", () => {
  const { stderr } = spawnSync(COMMAND[0] ?? "", COMMAND.slice(1), { encoding: "utf8" });
  const lines = stderr
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map(({ time, ms, ...line }) => line)).toEqual([
    { command: "rebuild", stage: "rebuild begun", resumed: false },
    { command: "rebuild", stage: "events replayed", done: 10, events: 40 },
    { command: "rebuild", stage: "models completed" },
    { command: "rebuild", stage: "segment backed up", events: 7 },
    { command: "rebuild", stage: "over", megabytes: 1 },
  ]);
}, 30_000);
