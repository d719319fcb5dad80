import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expanded } from "./json-in-text";
import type { Arguments, Synthesized, TerraformJson } from "./synthesized";

/** What Terraform gets, one file for each environment and stack, written by `npm run plans`. */
export const PLANS = join(__dirname, "..", "plans");

/** The resource's place in Terraform's state: `aws_kms_key.Keys_logs_E09A8915`. */
export const addressesOf = (tf: TerraformJson): string[] =>
  Object.entries(tf.resource ?? {}).flatMap(([type, resources]) =>
    Object.keys(resources).map((logicalId) => `${type}.${logicalId}`),
  );

/** Plans, addresses and pins of one environment's synthesis, by the files' names below PLANS. */
export function planFiles(environment: string, { stacks }: Synthesized): Record<string, string> {
  return Object.fromEntries(
    Object.entries(stacks).flatMap(([stack, tf]) => [
      [`${environment}/${stack}.tf.json`, planOf(tf)],
      [`${environment}/${stack}.addresses`, addressLines(tf)],
    ]),
  );
}

/** The stack as a reviewer reads it: sorted, without cdktf's own notes, JSON expanded, provider versions left to `pinsOf`. */
function planOf(tf: TerraformJson): string {
  const terraform = { ...tf.terraform, required_providers: Object.keys(tf.terraform?.required_providers ?? {}).sort() };
  return printed(expanded(withoutNotes({ ...tf, terraform })));
}

/** `aws_kms_key.Keys_logs_E09A8915  <- production-keys/Keys/logs`, a line for each resource: a line gone is a destroy. */
function addressLines(tf: TerraformJson): string {
  const lines = Object.entries(tf.resource ?? {}).flatMap(([type, resources]) =>
    Object.entries(resources).map(([logicalId, resource]) => `${type}.${logicalId}  <- ${constructPath(resource)}\n`),
  );
  return lines.sort().join("");
}

/** Where the resource is in the construct tree; the main resource of a construct goes by the construct's path. */
function constructPath(resource: Arguments): string {
  const notes = resource["//"] as { readonly metadata: { readonly path: string } };
  return notes.metadata.path.replace(/\/Resource$/, "");
}

/** Source and version of each provider, by environment: the one place where a plan shows a version. */
export const printedPins = (synthesized: Readonly<Record<string, Synthesized>>): string =>
  printed(Object.fromEntries(Object.entries(synthesized).map(([environment, one]) => [environment, pinsOf(one)])));

function pinsOf({ stacks }: Synthesized): Record<string, string> {
  const pins: Record<string, string> = {};
  for (const [stack, tf] of Object.entries(stacks)) {
    for (const [provider, { source, version }] of Object.entries(tf.terraform?.required_providers ?? {})) {
      const pin = `${source} ${version}`;
      pins[provider] ??= pin;
      if (pins[provider] !== pin) throw new Error(`${stack} pins ${pin}, another stack ${pins[provider]}`);
    }
  }
  return pins;
}

/** Files below PLANS that no stack accounts for any more. Lists of data addresses are removed by hand alone. */
export const orphans = (expected: readonly string[]): string[] =>
  readdirSync(PLANS, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".data-addresses"))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(PLANS.length + 1)
        .replaceAll("\\", "/"),
    )
    .filter((file) => !expected.includes(file));

function withoutNotes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNotes);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "//")
      .map(([key, each]) => [key, withoutNotes(each)]),
  );
}

const printed = (value: unknown): string => `${JSON.stringify(value, sortKeys, 2)}\n`;

const sortKeys = (_: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
