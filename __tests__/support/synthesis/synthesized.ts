import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack, Testing } from "cdktf";
import type { Environment } from "../../../lib/config/environment";
import { withoutStackTraces } from "../../../lib/synthesis/stack-traces";
import { ProtectionLock } from "../../../stacks/protection-lock";

/** Arguments of one resource, data source, provider or output, as Terraform reads them. */
export type Arguments = Readonly<Record<string, unknown>>;
type Blocks = Readonly<Record<string, Readonly<Record<string, Arguments>>>>;

/** A stack's `cdk.tf.json`. */
export interface TerraformJson {
  readonly "//"?: unknown;
  readonly terraform?: {
    readonly backend?: Blocks[string];
    readonly required_providers?: Readonly<Record<string, ProviderPin>>;
    readonly required_version?: string;
  };
  readonly provider?: Readonly<Record<string, readonly Arguments[]>>;
  readonly locals?: Arguments;
  readonly resource?: Blocks;
  readonly data?: Blocks;
  readonly ephemeral?: Blocks;
  readonly output?: Readonly<Record<string, Arguments>>;
  readonly moved?: readonly Moved[];
  readonly import?: readonly Import[];
}

export interface Import {
  readonly to: string;
  readonly id: string;
  readonly for_each: string;
}

export interface ProviderPin {
  readonly source: string;
  readonly version: string;
}

export interface Moved {
  readonly from: string;
  readonly to: string;
}

/** An app as it was written to its folder, by the stacks' names. */
export interface Synthesized {
  readonly stacks: Readonly<Record<string, TerraformJson>>;
  /** Names of the stacks that each stack is deployed after. */
  readonly dependencies: Readonly<Record<string, readonly string[]>>;
}

interface Manifest {
  readonly stacks: Readonly<
    Record<string, { readonly synthesizedStackPath: string; readonly dependencies: readonly string[] }>
  >;
}

/** Whole environments through the real app, so that backends and cross-stack outputs are there. */
export function synthesize(environments: Readonly<Record<string, Environment>>): Synthesized {
  // Loaded here, because most suites build one construct, and to load every stack costs more than all their tests.
  const { platforms } = require("../../../stacks/platform") as typeof import("../../../stacks/platform");
  return synthesizeApp((app) => platforms(app, environments));
}

/** What an app of one's own becomes. Its stacks need backends and providers. */
export function synthesizeApp(build: (app: App) => void): Synthesized {
  const outdir = mkdtempSync(join(tmpdir(), "synthesized-"));
  try {
    const app = new App({ outdir });
    withoutStackTraces(() => build(app));
    new ProtectionLock(app, "Lock", { file: false });
    app.synth();
    return readSynthesized(outdir);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** What an app has written to `outdir`. */
export function readSynthesized(outdir: string): Synthesized {
  const read = (path: string) => JSON.parse(readFileSync(join(outdir, path), "utf8"));
  if (!existsSync(join(outdir, "manifest.json"))) {
    throw new Error(`${outdir}: must be the folder of a synthesized app, got one without a manifest.json`);
  }
  const stacks = Object.entries((read("manifest.json") as Manifest).stacks);
  return {
    stacks: Object.fromEntries(stacks.map(([name, { synthesizedStackPath }]) => [name, read(synthesizedStackPath)])),
    dependencies: Object.fromEntries(stacks.map(([name, { dependencies }]) => [name, dependencies])),
  };
}

/** What one construct becomes, in a stack named `Test` without provider and backend. */
export function synthesizeStack(build: (stack: TerraformStack) => void): TerraformJson {
  const stack = new TerraformStack(Testing.app({ outdir: tmpdir() }), "Test");
  withoutStackTraces(() => build(stack));
  return JSON.parse(withoutStackTraces(() => Testing.synth(stack)));
}

/** The stack of that name. */
export function stackOf({ stacks }: Synthesized, name: string): TerraformJson {
  const stack = stacks[name];
  if (stack === undefined) throw new Error(`no stack ${name}, there are ${Object.keys(stacks).join(", ")}`);
  return stack;
}

/** A logical id, or an address, without the hash of its construct's path. */
export const withoutHash = (id: string): string => id.replace(/_[0-9A-F]{8}$/, "");

/** Every resource of a type. */
export const resourcesOf = (tf: TerraformJson, type: string): Arguments[] => Object.values(tf.resource?.[type] ?? {});

/** Every data source of a type. */
export const dataSourcesOf = (tf: TerraformJson, type: string): Arguments[] => Object.values(tf.data?.[type] ?? {});

/** The one resource of a type, or the one that has these arguments among others. */
export function resourceOf(tf: TerraformJson, type: string, having: Arguments = {}): Arguments {
  const found = resourcesOf(tf, type).filter((resource) =>
    Object.entries(having).every(([name, value]) => JSON.stringify(resource[name]) === JSON.stringify(value)),
  );
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new Error(`${found.length} ${type} with ${JSON.stringify(having)}, expected one`);
  }
  return only;
}

/** The values of the outputs, by their names. */
export const outputsOf = (tf: TerraformJson): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(tf.output ?? {}).map(([name, { value }]) => [name, value]));
