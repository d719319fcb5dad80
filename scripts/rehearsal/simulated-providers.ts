import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TerraformJson } from "../../__tests__/support/synthesis/synthesized";

const SHARED = join(__dirname, "..", "..", "..", "shared");

/** Runs a command with simulated providers attached. It is not in this repository. */
const TOOL = join(SHARED, "tools", "provider-sim.mjs");
const SCHEMAS = join(SHARED, "schemas");

/** Prints how Terraform reaches the providers, and keeps them until its input ends. */
const ANNOUNCE = "console.log(process.env.TF_REATTACH_PROVIDERS); process.stdin.resume()";

export interface SimulatedProviders {
  /** For the environment of Terraform processes, any number of them. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

type Schemas = Readonly<Record<string, unknown>>;

/**
 * Serves the providers of the stacks.
 * @param folder for their schemas.
 * @throws if the tool does not start them.
 */
export async function serveProviders(stacks: readonly TerraformJson[], folder: string): Promise<SimulatedProviders> {
  writeSchemas(folder, typesIn(stacks));
  const args = ["--schemas", folder, "--", process.execPath, "--eval", ANNOUNCE];
  const tool = spawn(process.execPath, [TOOL, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(tool, "close");
  const [first] = await Promise.race([once(createInterface({ input: tool.stdout }), "line"), ended]);
  if (typeof first !== "string") throw new Error(`${TOOL}: must announce the providers, exited with ${first}`);
  return {
    env: { TF_REATTACH_PROVIDERS: first },
    close: async () => {
      tool.stdin.end();
      await ended;
    },
  };
}

/** Names of the types of resources and data sources that the stacks use. */
const typesIn = (stacks: readonly TerraformJson[]): ReadonlySet<string> =>
  new Set(
    stacks.flatMap(({ resource, data, ephemeral }) =>
      [resource, data, ephemeral].flatMap((of) => Object.keys(of ?? {})),
    ),
  );

/** Writes the schemas without other types: Terraform reads them in each run, and loads a small schema much faster. */
function writeSchemas(folder: string, types: ReadonlySet<string>): void {
  mkdirSync(folder, { recursive: true });
  const kept = (schemas: Schemas = {}) =>
    Object.fromEntries(Object.entries(schemas).filter(([type]) => types.has(type)));
  for (const file of readdirSync(SCHEMAS)) {
    const { provider_schemas: providers } = JSON.parse(readFileSync(join(SCHEMAS, file), "utf8"));
    const small = Object.entries<Readonly<Record<string, Schemas>>>(providers).map(([address, schema]) => [
      address,
      {
        ...schema,
        resource_schemas: kept(schema.resource_schemas),
        data_source_schemas: kept(schema.data_source_schemas),
        ephemeral_resource_schemas: kept(schema.ephemeral_resource_schemas),
      },
    ]);
    writeFileSync(join(folder, file), JSON.stringify({ provider_schemas: Object.fromEntries(small) }));
  }
}
