import { createHash } from "node:crypto";
import type { TerraformJson } from "../../__tests__/support/synthesis/synthesized";
import type { Program, Stack } from "./program";

/**
 * Digests of the stacks, by name. Two stacks with equal digests have the same rehearsal, because a simulated provider
 * computes every value from a resource's own arguments. So a plan follows from the stack's JSON, its assets and the
 * outputs that it reads. Those outputs follow from the resources of their stack and from what that stack reads.
 * The resources of all stacks that it is deployed after count too, read or not, because they exist when it is deployed.
 * Names are arguments too, so that a `staging` stack never has the digest of a `production` stack.
 */
export function fingerprintsOf(program: Program): Readonly<Record<string, string>> {
  const resources = new Map<string, string>();
  const resourcesOf = (name: string): string => {
    const known = resources.get(name);
    if (known !== undefined) return known;
    const { tf, dependencies, reads, assets } = stackOf(program, name);
    // Terraform ignores "//". Outputs are left out, because cdktf adds one to a stack for each new reader.
    const { "//": _, output: __, ...rest } = tf;
    const inputs = Object.entries(reads).map(([id, origin]) => [
      origin,
      resourcesOf(origin),
      outputsRead(tf, id, stackOf(program, origin).tf),
    ]);
    const digest = digestOf([name, rest, assets, inputs, dependencies.map(resourcesOf)]);
    resources.set(name, digest);
    return digest;
  };
  return Object.fromEntries(
    Object.entries(program).map(([name, { tf }]) => [name, digestOf([resourcesOf(name), tf.output])]),
  );
}

/** What follows `outputs` in JSON where one of them is named: `.id` or `["id"]`. */
const NAMED = /^(?:\.|\[\\")/;

/** The origin's outputs whose names occur in the reader's JSON. All of them, if the reader takes them as one object. */
function outputsRead(reader: TerraformJson, id: string, origin: TerraformJson) {
  const text = JSON.stringify(reader);
  const isWhole = text
    .split(`terraform_remote_state.${id}.outputs`)
    .slice(1)
    .some((rest) => !NAMED.test(rest));
  return Object.entries(origin.output ?? {}).filter(([name]) => isWhole || text.includes(name));
}

function stackOf(program: Program, name: string): Stack {
  const stack = program[name];
  if (stack === undefined) throw new Error(`${name}: must be a stack of the app, got none of that name`);
  return stack;
}

const digestOf = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex");
