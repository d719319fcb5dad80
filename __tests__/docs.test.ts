import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { runInNewContext } from "node:vm";
import { production } from "../environments/production";
import { staging } from "../environments/staging";
import type { AlertingConfig } from "../lib/config/alerting";
import { environmentProblems } from "../lib/config/environment";
import type { GrafanaOptions } from "../lib/config/grafana";
import type { MonitoringOptions } from "../lib/config/monitoring";
import type { RecoveryConfig } from "../lib/config/recovery";
import { capacityReports } from "../scripts/capacity";
import { TOOL } from "../scripts/rehearsal/tool";
import { services } from "./examples/services";
import { deadLinksIn } from "./support/documents/runbooks";
import { addressesOf } from "./support/plans/plan";
import { inOwnZones } from "./support/synthesis/environments";
import { readSynthesized, resourcesOf } from "./support/synthesis/synthesized";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";
import { compiled } from "./support/test-run/compiled";

const ROOT = join(__dirname, "..");
const README = readFileSync(join(ROOT, "README.md"), "utf8");
const SERVICES = readFileSync(join(ROOT, "docs", "services.md"), "utf8");
const whereRehearsable = existsSync(TOOL) ? test : test.skip;

const EXAMPLES = ["quickstart", "write-cluster"];
const MAX_LINES = 15;

const fileOf = (example: string) => join(__dirname, "examples", `${example}.ts`);

/** The lines between the marks of an example's file. */
function codeOf(example: string): string {
  const code = readFileSync(fileOf(example), "utf8").match(/\/\/ #region .*\n([\s\S]*)\/\/ #endregion/)?.[1];
  if (code === undefined) throw new Error(`${example} has no region`);
  return code;
}

/** A fenced block of a document, by the word behind its language. */
function fenceOf(word: string, document = README): string {
  const code = document.match(new RegExp(`^\`\`\`\\w+ ${word}\\n([\\s\\S]*?)^\`\`\``, "m"))?.[1];
  if (code === undefined) throw new Error(`there is no block '${word}'`);
  return code;
}

const outdirs = Object.fromEntries(EXAMPLES.map((example) => [example, mkdtempSync(join(tmpdir(), `${example}-`))]));
afterAll(() => {
  for (const outdir of Object.values(outdirs)) rmSync(outdir, { recursive: true, force: true });
});

const haveRun = new Set<string>();

function runOnce(example: string) {
  const outdir = outdirs[example] ?? "";
  const program = join(outdir, "program");
  mkdirSync(program, { recursive: true });
  return spawnSync(process.execPath, [compiled(fileOf(example))], {
    cwd: program,
    env: { ...process.env, CDKTF_OUTDIR: outdir },
    encoding: "utf8",
  });
}

/** Runs an example as a user would, in a process of its own, unless it has run; its stacks are then in this folder. */
function run(example: string): string {
  const outdir = outdirs[example] ?? "";
  if (haveRun.has(example)) return outdir;
  const first = runOnce(example);
  // The README's step after the first synthesis of a platform: its error says what to copy.
  const [, copied] = /copy (\S+) to /.exec(first.stderr) ?? [];
  if (copied !== undefined) cpSync(copied, join(outdir, "program", basename(copied)));
  const { status, stderr } = copied === undefined ? first : runOnce(example);
  if (status !== 0) throw new Error(stderr);
  haveRun.add(example);
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

test("the services that the documents show are what is compiled, and sound in production", () => {
  expect(fenceOf("services", SERVICES)).toBe(codeOf("services"));
  expect(environmentProblems("production", { ...production, services })).toEqual([]);
});

test.each([
  ["monitoring", "monitoring", (monitoring: MonitoringOptions) => monitoring],
  ["alerts", "alerting", (alerting: AlertingConfig) => ({ alerting })],
  ["alerts", "grafana", (grafana: GrafanaOptions) => ({ grafana })],
])("what docs/%s.md shows as %s is sound in production", (document, word, of) => {
  const code = fenceOf(word, readFileSync(join(ROOT, "docs", `${document}.md`), "utf8"));
  const [, value = ""] = /^export const \w+: \w+ = ([\s\S]*);$/m.exec(code) ?? [];
  const monitoring = of(runInNewContext(`(${value})`));
  expect(environmentProblems("production", { ...production, monitoring })).toEqual([]);
});

/** What docs/recovery.md shows as this word. */
function recoveryOf(word: string): RecoveryConfig {
  const code = fenceOf(word, readFileSync(join(ROOT, "docs", "recovery.md"), "utf8"));
  const [, value = ""] = /^export const \w+: \w+ = ([\s\S]*);$/m.exec(code) ?? [];
  return runInNewContext(`(${value})`);
}

/** A platform as it is deployed in the second Region. */
const moved = { ...production, region: "eu-west-1", state: undefined, recovery: recoveryOf("former-keys") };
/** One whose jobs know where the subjects' keys are. */
const forgetting = { ...production, recovery: recoveryOf("subject-keys") };

test("the guide to capacity shows the report of today's environments", () => {
  const guide = readFileSync(join(ROOT, "docs", "capacity.md"), "utf8");
  expect(fenceOf("capacity", guide)).toBe(`${capacityReports()}\n`);
});

test("the recoveries that docs/recovery.md shows are sound", () => {
  expect(environmentProblems("production", { ...production, recovery: recoveryOf("recovery") })).toEqual([]);
  expect(environmentProblems("moved", moved)).toEqual([]);
  expect(environmentProblems("forgetting", forgetting)).toEqual([]);
});

test("the variables that the documents name are those that the pods get", () => {
  const { stacks } = synthesizedOnce(inOwnZones({ production, staging, moved, forgetting }));
  const given = Object.values(stacks).flatMap((tf) => [
    ...resourcesOf(tf, "kubernetes_config_map_v1").flatMap(({ data }) => Object.keys(data as object)),
    ...[...JSON.stringify(tf).matchAll(/"name":"([A-Z_]+)","value_from":\{"field_ref"/g)].map(([, name]) => name),
  ]);
  const ours = new Set(given.filter((name) => /^[A-Z_]+$/.test(`${name}`)));
  const told = SERVICES.match(/^\| `[A-Z][A-Z_]+`.*$/gm)?.flatMap((row) => [
    ...(row.split("|")[1] ?? "").matchAll(/[A-Z_]{3,}/g),
  ]);
  expect([...new Set(told?.map(([name]) => name))].sort()).toEqual([...ours].sort());
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
    const { stdout, stderr } = spawnSync(process.execPath, [TOOL, run("write-cluster")], { encoding: "utf8" });
    expect(`${stderr}${stdout}`).toContain("rehearsed from nothing to nothing");
  },
  60_000,
);

test.each([
  "README.md",
  "runtime/README.md",
  "examples/orders/README.md",
  ...readdirSync(join(ROOT, "docs"))
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`),
])("what %s leads to is there", (document) => {
  expect(deadLinksIn(join(ROOT, document))).toEqual([]);
});

test.each(["production", "staging"])(
  "the types of environments/%s.ts are in the package, for whoever copies it",
  (name) => {
    const file = readFileSync(join(ROOT, "environments", `${name}.ts`), "utf8");
    const imported = [...file.matchAll(/^import (type )?\{ (\w+) \}/gm)].map(([, type, it]) => [type, it]);
    expect(imported).toHaveLength([...file.matchAll(/^import /gm)].length);
    const index = readFileSync(join(ROOT, "lib", "index.ts"), "utf8");
    const exported = [...index.matchAll(/^export type \{([^}]*)\}/gm)].flatMap(([, names = ""]) => names.match(/\w+/g));
    expect(imported.filter(([type, it]) => type === undefined || !exported.includes(it ?? ""))).toEqual([]);
  },
);

test.each([
  ["README.md", /^docs\//],
  ["runtime/README.md", /^$/],
])("%s leads to nothing that its package leaves out", (document, packed) => {
  const links = [...readFileSync(join(ROOT, document), "utf8").matchAll(/\]\((?!\w+:)([^)#]+)/g)].map(
    ([, link]) => link,
  );
  expect(links.filter((link) => !packed.test(link ?? ""))).toEqual([]);
});

test("what is to be installed of ours is a file that npm pack makes, for no registry has it", () => {
  const files = ["package.json", "runtime/package.json"].map((file) => {
    const { name, version } = JSON.parse(readFileSync(join(ROOT, file), "utf8"));
    return `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
  });
  const documents = ["README.md", "docs/recovery-tool.md", "docs/runbooks/recovery/README.md", "docs/runtime.md"];
  const installed = documents.flatMap((document) =>
    [...readFileSync(join(ROOT, document), "utf8").matchAll(/npm install\s+(\S*cdktf-cqrs\S*?)[`\s]/g)].map(
      ([, it]) => it,
    ),
  );
  // Beside the clone, or kept in the project.
  const places = [...files.map((file) => `../cdktf-cqrs/${file}`), `./vendor/${files[1]}`];
  expect([...new Set(installed)].sort()).toEqual(places.sort());
});

test("every npm script that the README names exists", () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const named = [...README.matchAll(/npm (?:run )?([a-z:-]+)/g)]
    .map(([, name]) => name ?? "")
    .filter((name) => !["ci", "init", "install", "pack"].includes(name));
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});
