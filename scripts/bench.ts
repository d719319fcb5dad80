import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { transformFileSync } from "@swc/core";

// How long a synthesis takes, as a whole process, compared with an app that holds nothing. Both limits are ratios, so
// that they mean the same on every machine; the programs take turns, so that a busy moment is everybody's.

const ROUNDS = 10;
/** Times that an environment may take of what an empty app does, start and libraries included. */
const ONE_ENVIRONMENT_LIMIT = 5;
/** Times that the infrastructure of each further environment may add. What runs on it adds about as many resources again. */
const FURTHER_INFRASTRUCTURE_LIMIT = 0.4;

/** Without what runs on it: services, and recovery's jobs. */
const INFRASTRUCTURE = "{ ...production, services: undefined, recovery: { ...production.recovery, jobs: undefined } }";

const PROGRAMS = {
  "an empty app": `
    const { App } = require("cdktf");
    new App().synth();`,
  "one environment": platformsOf("production", "production1"),
  "three environments": platformsOf("production", "production1", "production2", "production3"),
  "one infrastructure": platformsOf(INFRASTRUCTURE, "production1"),
  "three infrastructures": platformsOf(INFRASTRUCTURE, "production1", "production2", "production3"),
} as const;
type Program = keyof typeof PROGRAMS;

function platformsOf(environment: string, ...names: readonly string[]): string {
  return `
    const { App } = require("cdktf");
    const { production } = require("./environments/production");
    const { platforms } = require("./stacks/platform");
    const app = new App();
    platforms(app, { ${names.map((name) => `${name}: ${environment}`).join(", ")} });
    app.synth();`;
}

const ROOT = join(__dirname, "..");
const CACHE = join(ROOT, "node_modules", ".cache");

/** The product as JavaScript, below node_modules, so that its imports resolve and nobody takes it for sources. */
function compile(folder: string): void {
  for (const part of ["lib", "stacks", "environments"])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => /(?<!\.d)\.ts$/.test(file));
  for (const file of files) {
    const { code } = transformFileSync(join(folder, file), {
      configFile: false,
      swcrc: false,
      jsc: { target: "es2022", parser: { syntax: "typescript" } },
      module: { type: "commonjs" },
    });
    writeFileSync(join(folder, file.replace(/\.ts$/, ".js")), code);
  }
}

/** Milliseconds of one run, from start to end of the process. */
function run(folder: string, program: Program): number {
  const outdir = join(folder, "out");
  rmSync(outdir, { recursive: true, force: true });
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [fileOf(program)], {
    cwd: folder,
    env: { ...process.env, CDKTF_OUTDIR: outdir },
    encoding: "utf8",
  });
  const took = performance.now() - start;
  if (status !== 0) throw new Error(`${program} failed:\n${stderr}`);
  return took;
}

const fileOf = (program: Program): string => `${program.replaceAll(" ", "-")}.js`;

function medianOf(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

function measure(): Record<Program, number> {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, "bench-"));
  try {
    compile(folder);
    const programs = Object.keys(PROGRAMS) as Program[];
    for (const program of programs) {
      writeFileSync(join(folder, fileOf(program)), PROGRAMS[program]);
      run(folder, program); // the first run fills the disk's cache
    }
    const times = programs.map((): number[] => []);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [index, program] of programs.entries()) times[index]?.push(run(folder, program));
    }
    return Object.fromEntries(programs.map((program, index) => [program, medianOf(times[index] ?? [])])) as Record<
      Program,
      number
    >;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const medians = measure();
const empty = medians["an empty app"];
const one = medians["one environment"] / empty;
const further = (medians["three environments"] - medians["one environment"]) / 2 / empty;
const infrastructure = (medians["three infrastructures"] - medians["one infrastructure"]) / 2 / empty;

for (const [program, median] of Object.entries(medians)) console.log(`${program.padEnd(28)}${median.toFixed(0)} ms`);
const checks = [
  { what: "one environment", times: one, limit: ONE_ENVIRONMENT_LIMIT },
  { what: "each further environment", times: further, limit: undefined },
  { what: "each further infrastructure", times: infrastructure, limit: FURTHER_INFRASTRUCTURE_LIMIT },
];
const isMissed = ({ times, limit }: (typeof checks)[number]) => limit !== undefined && times > limit;
for (const check of checks) {
  const { what, times, limit } = check;
  const judged = limit === undefined ? "" : `, limit ${limit}${isMissed(check) ? "  MISSED" : ""}`;
  console.log(`${what.padEnd(28)}${times.toFixed(2)} times an empty app${judged}`);
}
process.exitCode = checks.some(isMissed) ? 1 : 0;
