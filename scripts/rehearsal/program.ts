import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TerraformJson } from "../../__tests__/support/synthesized";
import { remoteStatesOf } from "./remote-states";

/** A stack as it was synthesized. */
export interface Stack {
  readonly tf: TerraformJson;
  /** Names of the stacks that it is deployed after. */
  readonly dependencies: readonly string[];
  /** Names of the stacks whose outputs it reads, by the names of its `terraform_remote_state` data sources. */
  readonly reads: Readonly<Record<string, string>>;
  /** The folder of its `cdk.tf.json` and its assets. */
  readonly folder: string;
  /** Digest of the assets' paths and contents. */
  readonly assets: string;
}

/** The stacks of a synthesized app, by name. */
export type Program = Readonly<Record<string, Stack>>;

export const STACK_FILE = "cdk.tf.json";

interface Manifest {
  readonly stacks: Readonly<
    Record<string, { readonly workingDirectory: string; readonly dependencies: readonly string[] }>
  >;
}

/** Reads what an app wrote to `outdir`. */
export function readProgram(outdir: string): Program {
  const manifest = join(outdir, "manifest.json");
  if (!existsSync(manifest)) {
    throw new Error(`${outdir}: must be the folder of a synthesized app, got one without a manifest.json`);
  }
  const { stacks } = JSON.parse(readFileSync(manifest, "utf8")) as Manifest;
  if (Object.keys(stacks).length === 0) throw new Error(`${manifest}: must have at least one stack, got none`);
  const read = Object.entries(stacks).map(([name, { workingDirectory, dependencies }]) => {
    const folder = join(outdir, workingDirectory);
    const tf: TerraformJson = JSON.parse(readFileSync(join(folder, STACK_FILE), "utf8"));
    return { name, tf, dependencies, folder, assets: digestOfAssets(folder) };
  });
  const app = Object.fromEntries(read.map(({ name, tf }) => [name, tf]));
  return Object.fromEntries(
    read.map(({ name, ...stack }) => [name, { ...stack, reads: remoteStatesOf(stack.tf, app) }]),
  );
}

/** Names of the stacks that must be deployed before a stack. */
export const neededBy = ({ dependencies, reads }: Stack): string[] => [
  ...new Set([...dependencies, ...Object.values(reads)]),
];

function digestOfAssets(folder: string): string {
  const digest = createHash("sha256");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const path of files.map(({ parentPath, name }) => join(parentPath, name)).sort()) {
    if (path === join(folder, STACK_FILE)) continue;
    digest.update(path.slice(folder.length)).update("\0").update(readFileSync(path)).update("\0");
  }
  return digest.digest("hex");
}
