import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { CHANGES } from "../__tests__/support/changes";
import { production } from "../environments/production";
import type { Environment } from "../lib/config/environment";
import { platforms } from "../stacks/platform";

// Takes production through each change that the README tells of, with the real Terraform on simulated providers: it must
// change, replace and destroy what is named, and nothing else.

const TOOL = join(__dirname, "..", "..", "shared", "tools", "rehearse.mjs");

function synthesize(outdir: string, environment: Environment): string {
  const app = new App({ outdir });
  platforms(app, { production: environment });
  app.synth();
  return outdir;
}

interface Manifest {
  readonly stacks: Readonly<
    Record<string, { readonly synthesizedStackPath: string; readonly dependencies: readonly string[] }>
  >;
}

/** Takes out of both syntheses the stacks that neither differ nor are needed by one that does: each takes its seconds. */
function leaveOutAlike(before: string, after: string): void {
  const [was, is] = [before, after].map((outdir) => JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8")));
  const textOf = (outdir: string, { stacks }: Manifest, name: string) =>
    stacks[name] && readFileSync(join(outdir, stacks[name].synthesizedStackPath), "utf8");
  const needed = new Set<string>();
  const need = (name: string): void => {
    if (needed.has(name)) return;
    needed.add(name);
    for (const { stacks } of [was, is] as Manifest[]) stacks[name]?.dependencies.forEach(need);
  };
  for (const name of new Set([...Object.keys(was.stacks), ...Object.keys(is.stacks)])) {
    if (textOf(before, was, name) !== textOf(after, is, name)) need(name);
  }
  for (const [outdir, manifest] of [
    [before, was],
    [after, is],
  ] as const) {
    const stacks = Object.fromEntries(
      Object.entries((manifest as Manifest).stacks).filter(([name]) => needed.has(name)),
    );
    writeFileSync(join(outdir, "manifest.json"), JSON.stringify({ ...manifest, stacks }));
  }
}

/** What the rehearsal printed of each stack's step, in the words of `Change.plan`. */
function stepsIn(output: string): string[] {
  let stack = "";
  return output.split("\n").flatMap((line) => {
    const step = /^ +(~|-\/\+|-) (\S+?)(?:_[0-9A-F]{8})?$/.exec(line);
    if (step !== null) return [`${stack} ${step[1]} ${step[2]}`];
    const [name, added] = /^(\S+) +(\d+) added, /.exec(line)?.slice(1) ?? [];
    stack = name ?? stack;
    return Number(added) > 0 ? [`${stack} + ${added}`] : [];
  });
}

function main(): number {
  if (!existsSync(TOOL)) {
    console.log("rehearsal of changes skipped: its tool is not on this machine");
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), "rehearse-changes-"));
  try {
    const failed = CHANGES.filter(({ key, from, of, plan }, index) => {
      const before = synthesize(join(folder, `before-${index}`), from === undefined ? production : from(production));
      const after = synthesize(join(folder, `after-${index}`), of(production));
      leaveOutAlike(before, after);
      const { status, stdout, stderr } = spawnSync(process.execPath, [TOOL, after, "--from", before], {
        encoding: "utf8",
      });
      const steps = stepsIn(stdout);
      const isAsTold = status === 0 && JSON.stringify(steps) === JSON.stringify(plan);
      console.log(`${key}\n  ${steps.join("\n  ")}`);
      if (!isAsTold) console.log(`  NOT AS TOLD: ${plan.join(", ")}\n${stderr}`);
      return !isAsTold;
    });
    console.log(`${CHANGES.length - failed.length} of ${CHANGES.length} changes do what they name, and nothing else`);
    return failed.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = main();
