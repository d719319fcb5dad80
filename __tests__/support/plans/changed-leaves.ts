import { randomNumbers } from "../test-run/random-numbers";
import { isTree } from "./tree";

/** Draws a whole number below a limit. */
type Draw = (limit: number) => number;

/** cdktf's own notes, which are not approved, and the providers, whose versions are the same in all stacks. */
const LEFT_OUT = ["//", "required_providers"];

/** The value with about one in `rarity` of its texts, numbers and switches changed, as the seed has it. */
export function changeLeaves(value: unknown, rarity: number, seed: number): unknown {
  const random = randomNumbers(seed);
  const draw: Draw = (limit) => Math.floor(random() * limit);
  const visit = (each: unknown, key?: string): unknown => {
    if (key !== undefined && LEFT_OUT.includes(key)) return each;
    if (Array.isArray(each)) return each.map((item) => visit(item));
    if (isTree(each))
      return Object.fromEntries(Object.entries(each).map(([name, inner]) => [name, visit(inner, name)]));
    return draw(rarity) === 0 ? changeLeaf(each, draw) : each;
  };
  return visit(value);
}

function changeLeaf(leaf: unknown, draw: Draw): unknown {
  if (typeof leaf === "number") return leaf + 1;
  if (typeof leaf === "boolean") return !leaf;
  if (typeof leaf !== "string") return "";
  // A character of a text in JSON is one of what that says, or breaks it.
  const at = draw(leaf.length + 1);
  return `${leaf.slice(0, at)}${"aZ7 \n\"'\\:#{}[],<>-".charAt(draw(18))}${leaf.slice(at + 1)}`;
}
