import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Manifest } from "cdktf";
import { readSynthesized, type TerraformJson } from "../../__tests__/support/synthesis/synthesized";
import { remoteStatesOf } from "./remote-states";

/** A synthesized stack. */
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

/** Reads what an app wrote to `outdir`. */
export function readProgram(outdir: string): Program {
  const { stacks, dependencies } = readSynthesized(outdir);
  if (Object.keys(stacks).length === 0) {
    throw new Error(`${join(outdir, Manifest.fileName)}: must have at least one stack, got none`);
  }
  return Object.fromEntries(
    Object.entries(stacks).map(([name, tf]) => {
      const folder = join(outdir, Manifest.stacksFolder, name);
      const reads = remoteStatesOf(tf, stacks);
      return [name, { tf, dependencies: dependencies[name] ?? [], reads, folder, assets: digestOfAssets(folder) }];
    }),
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
