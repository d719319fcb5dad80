import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { changeLeaves } from "./support/plans/changed-leaves";
import { approvedContent, contentOf, orphans, PLANS, type Plan, parsePlan, planFiles } from "./support/plans/plan";
import { plansOfEnvironments } from "./support/plans/plans-of-environments";
import type { TerraformJson } from "./support/synthesis/synthesized";

type Plans = Readonly<Record<string, Plan>>;
type Files = Readonly<Record<string, string>>;

const plans = plansOfEnvironments();
const files = planFiles(plans);

// A difference here is a change of somebody's infrastructure: read it as a plan, then approve it with `npm run plans`.
test.each(Object.keys(files))("%s is what was approved", (file) => {
  const path = join(PLANS, file);
  expect(files[file]).toBe(existsSync(path) ? readFileSync(path, "utf8") : "");
});

test("no file is left of a stack that is no more", () => {
  expect(orphans(Object.keys(files))).toEqual([]);
});

test("no two environments get the same plan", () => {
  const texts = stacksOf(plans).map(({ tf }) => JSON.stringify(contentOf(tf)));
  expect(new Set(texts).size).toBe(texts.length);
});

test("every line can be read without scrolling", () => {
  const lines = Object.values(files).flatMap((text) => text.split("\n"));
  expect(lines.filter((line) => line.length > 120)).toEqual([]);
});

describe("the files have everything that Terraform gets", () => {
  const read = readerOf(files);

  test.each(stacksOf(plans))("$environment's $stack can be read back", ({ environment, stack, tf }) => {
    expect(approvedContent(environment, stack, read)).toEqual(contentOf(tf));
  });

  const changed = mapStacks(plans, ({ tf }, index) => changeLeaves(tf, 10, index + 1) as TerraformJson);
  const readChanged = readerOf(planFiles(changed));

  test.each(stacksOf(changed))("changes of $environment's $stack can be read back", ({ environment, stack, tf }) => {
    expect(approvedContent(environment, stack, read)).not.toEqual(contentOf(tf));
    expect(approvedContent(environment, stack, readChanged)).toEqual(contentOf(tf));
  });
});

describe("a change is one hunk", () => {
  const both = ["production", "staging"];
  const clusters = ["write-cluster", "read-cluster"];
  /** Of production's node group in the second zone. */
  const SECOND =
    "${data.terraform_remote_state.cross-stack-reference-input-production-network.outputs.cross-stack-output-aws_subnetNetwork_Private2";
  const nodes = (count: number) =>
    `"desired_size":${count},"max_size":${count},"min_size":${count}},"subnet_ids":["${SECOND}`;

  test.each([
    { what: "an alert's threshold", where: both, stacks: ["monitoring"], from: "[1h])) > 2", to: "[1h])) > 3" },
    { what: "a panel's title", where: both, stacks: ["monitoring"], from: "Pods that are not ready", to: "Pods amiss" },
    { what: "a count of nodes", where: ["production"], stacks: clusters, from: nodes(1), to: nodes(2) },
    { what: "an image", where: ["production"], stacks: ["write-services"], from: "api:1.4.2", to: "api:1.4.3" },
    { what: "an image", where: ["staging"], stacks: ["write-services"], from: "api:1.4.2", to: "api:1.4.3" },
    { what: "an image", where: both, stacks: ["write-services"], from: "api:1.4.2", to: "api:1.4.3" },
    {
      what: "the image of all jobs",
      where: ["production"],
      stacks: ["recovery-jobs"],
      from: "ions:1.4.2",
      to: "ions:1.4.3",
    },
    { what: "the image of all jobs", where: both, stacks: ["recovery-jobs"], from: "ions:1.4.2", to: "ions:1.4.3" },
    { what: "a security group's rule", where: both, stacks: clusters, from: "0.0.0.0/0", to: "192.0.2.0/24" },
  ])("$what in $where", ({ where, stacks, from, to }) => {
    const before = mapStacks(plans, ({ stack, tf }) => (stacks.includes(stack) ? tf : undefined));
    const after = mapStacks(before, ({ environment, tf }) =>
      where.includes(environment) ? replace(tf, from, to) : tf,
    );
    expect(hunksBetween(planFiles(before), planFiles(after))).toHaveLength(1);
  });
});

/** The changed regions as `git diff` shows them. */
function hunksBetween(before: Files, after: Files): string[] {
  const folder = mkdtempSync(join(tmpdir(), "plans-"));
  try {
    writeFiles(join(folder, "before"), before);
    writeFiles(join(folder, "after"), after);
    const { stdout } = spawnSync("git", ["diff", "--no-index", "before", "after"], { cwd: folder, encoding: "utf8" });
    return stdout.split("\n").filter((line) => line.startsWith("@@"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function writeFiles(folder: string, files: Files): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
}

/** The stack with a text replaced, in JSON within JSON too. */
const replace = (tf: TerraformJson, from: string, to: string): TerraformJson =>
  JSON.parse(JSON.stringify(tf).replaceAll(from, to));

interface Stack {
  readonly environment: string;
  /** Its name without the environment's. */
  readonly stack: string;
  readonly tf: TerraformJson;
}

function stacksOf(of: Plans): Stack[] {
  return Object.entries(of).flatMap(([environment, { synthesized }]) =>
    Object.entries(synthesized.stacks).map(([name, tf]) => ({
      environment,
      stack: name.slice(environment.length + 1),
      tf,
    })),
  );
}

/** The plans with each stack changed, without those that are changed to nothing. */
function mapStacks(of: Plans, change: (stack: Stack, index: number) => TerraformJson | undefined): Plans {
  const changed = stacksOf(of).map((stack, index) => ({ ...stack, tf: change(stack, index) }));
  return Object.fromEntries(
    Object.entries(of).map(([name, plan]) => {
      const own = changed.filter(({ environment, tf }) => environment === name && tf !== undefined);
      const stacks = Object.fromEntries(own.map(({ stack, tf }) => [`${name}-${stack}`, tf]));
      return [name, { ...plan, synthesized: { ...plan.synthesized, stacks } }];
    }),
  ) as Plans;
}

/** Reads files from memory, each once. */
function readerOf(texts: Files): (file: string) => unknown {
  const read = new Map<string, unknown>();
  return (file) => {
    if (!read.has(file)) read.set(file, parsePlan(texts[file] ?? ""));
    return read.get(file);
  };
}
