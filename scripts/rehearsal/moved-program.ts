import { isTree } from "../../__tests__/support/plans/tree";
import type { Move } from "../../__tests__/support/synthesis/moves";
import { type Arguments, type TerraformJson, withoutHash } from "../../__tests__/support/synthesis/synthesized";
import type { Program } from "./program";

/**
 * The program whose deployment leaves the state that a change outside Terraform leaves: the simulated providers keep
 * what they are given, and a refresh changes nothing.
 * @throws if the program does not have an address.
 */
export function movedProgram(program: Program, leaves: Move["leaves"]): Program {
  const moved = Object.entries(leaves).map(([name, resources]) => {
    const stack = program[name];
    if (stack === undefined) throw new Error(`${name}: must be a stack of the app, got none of that name`);
    const tf = Object.entries(resources).reduce(
      (rest, [address, left]) => withArguments(rest, address, left),
      stack.tf,
    );
    return [name, { ...stack, tf }];
  });
  return { ...program, ...Object.fromEntries(moved) };
}

function withArguments(tf: TerraformJson, address: string, left: Arguments): TerraformJson {
  const [type = "", name] = address.split(".");
  const named = tf.resource?.[type] ?? {};
  const id = Object.keys(named).find((each) => withoutHash(each) === name);
  if (id === undefined) throw new Error(`${address}: must be a resource of the stack, got none at that address`);
  const { lifecycle, ...before } = named[id] ?? {};
  // What stops a plan would stop this deployment too.
  const { postcondition: _, ...kept } = (lifecycle ?? {}) as Arguments;
  return {
    ...tf,
    resource: { ...tf.resource, [type]: { ...named, [id]: { ...merged(before, left), lifecycle: kept } } },
  };
}

const merged = (into: Arguments, from: Arguments): Arguments => ({
  ...into,
  ...Object.fromEntries(
    Object.entries(from).map(([key, value]) => {
      const old = into[key];
      return [key, isTree(old) && isTree(value) ? merged(old, value) : value];
    }),
  ),
});
