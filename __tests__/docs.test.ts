import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addressesOf } from "./support/plan";
import { readSynthesized } from "./support/synthesized";

const ROOT = join(__dirname, "..");
const README = readFileSync(join(ROOT, "README.md"), "utf8");
const REHEARSAL = join(ROOT, "..", "shared", "tools", "rehearse.mjs");
const whereRehearsable = existsSync(REHEARSAL) ? test : test.skip;

const EXAMPLES = ["quickstart", "write-cluster"];
const MAX_LINES = 15;

const fileOf = (example: string) => join(__dirname, "examples", `${example}.ts`);

/** The lines between the marks of an example's file. */
function codeOf(example: string): string {
  const code = readFileSync(fileOf(example), "utf8").match(/\/\/ #region .*\n([\s\S]*)\/\/ #endregion/)?.[1];
  if (code === undefined) throw new Error(`${example} has no region`);
  return code;
}

/** A fenced block of the README by the word behind its language. */
function fenceOf(word: string): string {
  const code = README.match(new RegExp(`^\`\`\`\\w+ ${word}\\n([\\s\\S]*?)^\`\`\``, "m"))?.[1];
  if (code === undefined) throw new Error(`the README has no block '${word}'`);
  return code;
}

const outdirs = Object.fromEntries(EXAMPLES.map((example) => [example, mkdtempSync(join(tmpdir(), `${example}-`))]));
afterAll(() => {
  for (const outdir of Object.values(outdirs)) rmSync(outdir, { recursive: true, force: true });
});

/** Runs an example as a user would, in a process of its own. */
function run(example: string): string {
  const outdir = outdirs[example] ?? "";
  const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", fileOf(example)], {
    cwd: ROOT,
    env: { ...process.env, CDKTF_OUTDIR: outdir },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return outdir;
}

describe.each(EXAMPLES)("the example %s", (example) => {
  test("is what the README shows", () => {
    expect(fenceOf(example)).toBe(codeOf(example));
  });

  test(`has at most ${MAX_LINES} lines`, () => {
    const lines = codeOf(example)
      .split("\n")
      .filter((line) => line.trim() !== "");
    expect(lines.length).toBeLessThanOrEqual(MAX_LINES);
  });

  test("runs", () => {
    expect(Object.keys(readSynthesized(run(example)).stacks).length).toBeGreaterThan(0);
  });
});

test("the addresses that the README shows are the quickstart's", () => {
  const synthesized = readSynthesized(run("quickstart"));
  const addresses = Object.entries(synthesized.stacks).flatMap(([stack, tf]) =>
    addressesOf(tf).map((address) => `${stack}  ${address}`),
  );
  const shown = fenceOf("addresses").trim().split("\n");
  expect(shown.length).toBeGreaterThan(5);
  expect(addresses.map((line) => line.replace(/ +/g, " "))).toEqual(
    expect.arrayContaining(shown.map((line) => line.replace(/ +/g, " "))),
  );
});

// Skipped where the rehearsal's tool is not beside the project, as in a user's clone.
whereRehearsable(
  "the write cluster alone is deployed and destroyed by the real Terraform",
  () => {
    const { stdout, stderr } = spawnSync(process.execPath, [REHEARSAL, run("write-cluster")], { encoding: "utf8" });
    expect(`${stderr}${stdout}`).toContain("rehearsed from nothing to nothing");
  },
  60_000,
);

test("every npm script that the README names exists", () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const named = [...README.matchAll(/npm (?:run )?([a-z:]+)/g)]
    .map(([, name]) => name ?? "")
    .filter((name) => !["ci", "install"].includes(name));
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});
