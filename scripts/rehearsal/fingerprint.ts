import { createHash } from "node:crypto";
import type { TerraformJson } from "../../__tests__/support/synthesized";
import type { Program, Stack } from "./program";

/**
 * Digests that are equal only if a rehearsal of the stacks must go the same way. A simulated provider computes values from
 * a resource's arguments alone. So a stack's plan follows from its JSON, its assets, and the outputs that it reads; those
 * follow from the resources of the stack that has them, and from what that one reads. Nothing is neutralized: names are
 * arguments, with limits of their own, so `staging` is never taken for `production`.
 */
export function fingerprintsOf(program: Program): Readonly<Record<string, string>> {
  const resources = new Map<string, string>();
  const resourcesOf = (name: string): string => {
    const known = resources.get(name);
    if (known !== undefined) return known;
    const { tf, reads, assets } = stackOf(program, name);
    // Terraform does not read "//". Outputs are apart, because cdktf adds one to a stack for each new reader.
    const { "//": _, output: __, ...rest } = tf;
    const inputs = Object.entries(reads).map(([id, origin]) => [
      origin,
      resourcesOf(origin),
      outputsRead(tf, id, stackOf(program, origin).tf),
    ]);
    const digest = digestOf([name, rest, assets, inputs]);
    resources.set(name, digest);
    return digest;
  };
  return Object.fromEntries(
    Object.entries(program).map(([name, { tf }]) => [name, digestOf([resourcesOf(name), tf.output])]),
  );
}

/** What follows `outputs` in JSON where one of them is named: `.id` or `["id"]`. */
const NAMED = /^(?:\.|\[\\")/;

/** The origin's outputs whose names occur in the reader's text; all of them, if it takes them as one object. */
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
