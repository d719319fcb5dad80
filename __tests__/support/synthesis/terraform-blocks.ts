import type { Arguments } from "./synthesized";

/** The blocks of a name, which cdktf writes as an object or as a list of objects. */
export function blocksOf(parent: Arguments, name: string): Arguments[] {
  if (valuesOf(parent.dynamic).some((dynamic) => isBlock(dynamic) && name in dynamic)) {
    throw new Error(`cannot judge the dynamic block ${name}`);
  }
  return valuesOf(parent[name]).map((block) => {
    if (!isBlock(block)) throw new Error(`cannot judge ${name}: expected a block, got ${JSON.stringify(block)}`);
    return block;
  });
}

/** The one block of a name. An empty one says something, so it is not the same as none. */
export function blockOf(parent: Arguments, name: string): Arguments | undefined {
  const blocks = blocksOf(parent, name);
  if (blocks.length > 1) throw new Error(`${blocks.length} blocks ${name}, expected one`);
  return blocks[0];
}

/** All that is said in a field below a block, `port.host_port`: nothing where a block or the field is not there. */
export function valuesAt(block: Arguments, path: string): unknown[] {
  const names = path.split(".");
  const field = names.pop() ?? "";
  const parents = names.reduce<Arguments[]>((blocks, name) => blocks.flatMap((one) => blocksOf(one, name)), [block]);
  return parents.flatMap((parent) => valuesOf(parent[field]));
}

const valuesOf = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];

const isBlock = (value: unknown): value is Arguments =>
  typeof value === "object" && value !== null && !Array.isArray(value);
