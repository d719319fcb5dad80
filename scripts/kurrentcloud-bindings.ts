import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

// Writes lib/event-store/kurrentcloud anew from a provider schema; the README there says how to get one and how to start this.

const SOURCE = "kurrent-io/kurrentcloud";
/** The provider's version that the schema is of. Terraform's schema file does not say it. */
const VERSION = "3.1.0";
/** What we use; the provider has four more types, and a deprecated twin of each. */
const RESOURCE_TYPES = [
  "kurrentcloud_managed_cluster",
  "kurrentcloud_network",
  "kurrentcloud_peering",
  "kurrentcloud_project",
  "kurrentcloud_scheduled_backup",
];

const TARGET = join(__dirname, "..", "lib", "event-store", "kurrentcloud");
const GENERATOR = "@cdktf/provider-generator/lib/get/generator/provider-generator";

interface ProviderSchema {
  readonly resource_schemas: Readonly<Record<string, unknown>>;
}

interface Schema {
  readonly provider_schemas: Readonly<Record<string, ProviderSchema>>;
}

/** The schema of our types alone, and the provider's version with it, as the generator wants it. */
function reduced({ provider_schemas }: Schema): unknown {
  const found = Object.entries(provider_schemas).find(([name]) => name.endsWith(`/${SOURCE}`));
  if (found === undefined) throw new Error(`the schema has no provider ${SOURCE}`);
  const [name, provider] = found;
  const missing = RESOURCE_TYPES.filter((type) => !Object.hasOwn(provider.resource_schemas, type));
  if (missing.length > 0) throw new Error(`the provider has no ${missing.join(", ")}`);
  const resource_schemas = Object.fromEntries(RESOURCE_TYPES.map((type) => [type, provider.resource_schemas[type]]));
  return {
    provider_schemas: { [name]: { ...provider, resource_schemas, data_source_schemas: {} } },
    provider_versions: { [name]: VERSION },
  };
}

/** Writes what cdktf's generator makes of a schema below a folder, and gives the folder of the provider's files. */
async function generate(schema: unknown, folder: string): Promise<string> {
  // npx puts what it installs on the PATH alone, and what it depends on beside it.
  const path = require.resolve(GENERATOR, { paths: (process.env.PATH ?? "").split(delimiter) });
  const load = createRequire(path);
  const { TerraformProviderGenerator } = load(path);
  const { CodeMaker } = load("codemaker");
  const { ConstructsMakerProviderTarget, TerraformProviderConstraint } = load("@cdktf/commons");

  const generator = new TerraformProviderGenerator(new CodeMaker(), schema);
  const constraint = new TerraformProviderConstraint(`${SOURCE}@${VERSION}`);
  generator.generate(new ConstructsMakerProviderTarget(constraint, "typescript"));
  await generator.save(folder);
  return join(folder, "providers", SOURCE.split("/").at(-1) ?? "");
}

/** Members of cdktf's classes that the generator overrides without saying so, which noImplicitOverride asks for. */
const OVERRIDES = /^( {2}(?:public|protected)) (?=(?:get|set) alias\(|synthesize(?:Hcl)?Attributes\()/gm;

/** What our compiler needs, less the comments that only say where each argument's page is: the schema has no descriptions. */
function adapted(code: string): string {
  return code
    .replaceAll(OVERRIDES, "$1 override ")
    .replace(/^\/\/ https:.*\n/, "")
    .replaceAll(/ *\/\*\*\n *\* Docs at .*\n(?: *\*(?!\/).*\n)* *\*\/\n/g, "")
    .replaceAll(/\{@link \S+ ([^}]+)\}/g, "$1")
    .replaceAll(/[ \t]+$/gm, "");
}

async function main(schemaFile: string | undefined): Promise<void> {
  if (schemaFile === undefined) throw new Error("name the file with the provider's schema");
  const folder = mkdtempSync(join(tmpdir(), "bindings-"));
  try {
    const generated = await generate(reduced(JSON.parse(readFileSync(schemaFile, "utf8"))), folder);
    for (const old of readdirSync(TARGET).filter((file) => file.endsWith(".ts"))) rmSync(join(TARGET, old));
    // A folder for each type, and beside them an index of all, which nobody needs.
    for (const entry of readdirSync(generated, { withFileTypes: true }).filter((it) => it.isDirectory())) {
      const code = readFileSync(join(generated, entry.name, "index.ts"), "utf8");
      writeFileSync(join(TARGET, `${entry.name}.ts`), adapted(code));
      console.log(`wrote ${entry.name}.ts`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main(process.argv[2]).catch((error: Error) => {
  console.error(`no bindings were made: ${error.message}`);
  process.exitCode = 1;
});
