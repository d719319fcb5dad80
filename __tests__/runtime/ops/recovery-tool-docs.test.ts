import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LocalKeys } from "../../../runtime/adapters/local/local-keys";
import { program } from "../../../runtime/ops/program";
import { FINDINGS } from "../../../runtime/recovery/verify/finding";

const DOCUMENT = readFileSync(join(__dirname, "..", "..", "..", "docs", "recovery-tool.md"), "utf8");

/** First cells of the rows of a section's table. */
const rowsOf = (section: string): readonly string[] => {
  const text = DOCUMENT.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? "";
  return [...text.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell = ""]) => cell).slice(1);
};

const surroundings = { environment: {}, out: () => {}, progress: () => {}, isTerminal: false };
const tool = program({ ...surroundings, signal: new AbortController().signal }, () => {});

test("each command has its row, and each row its command", () => {
  const commands = tool.commands.flatMap((each) =>
    each.commands.length === 0 ? [each.name()] : each.commands.map((own) => `${each.name()} ${own.name()}`),
  );
  const told = rowsOf("Commands").flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  expect(told).toEqual(commands);
});

test("each finding has its row, in its words", () => {
  const rows = [...DOCUMENT.matchAll(/^\| ([^|]+) \| ([^|]+) \|$/gm)].map(([, kind, words]) => [kind, words]);
  expect(rows).toEqual(expect.arrayContaining(Object.entries(FINDINGS)));
  expect(rowsOf("What `verify` finds")).toEqual(Object.keys(FINDINGS));
});

test("the local key that it makes is one", () => {
  const [, assignments = ""] = /^export (NODE_ENV=.*)$/m.exec(DOCUMENT) ?? [];
  const print = "process.stdout.write(JSON.stringify(process.env))";
  const script = `export ${assignments} && "$0" -e '${print}'`;
  const { stdout } = spawnSync("bash", ["--norc", "-c", script, process.execPath], { encoding: "utf8" });
  const { NODE_ENV, LOCAL_KEY } = JSON.parse(stdout);
  expect(LocalKeys.fromEnvironment({ NODE_ENV, LOCAL_KEY }).current).toMatch(/^local:/);
});
