import { isTree, mapTextsAndKeys, type Tree } from "./tree";

/** A construct that the other side has under another name: `ReadCluster`, which is its `WriteCluster`. */
export interface Renamed {
  readonly from: string;
  readonly to: string;
}

interface Address {
  readonly type: string;
  readonly id: string;
}

/** The argument with a block's own logical id, where its key is the id that the other side has. */
const OWN_ID = "<id>";

/** The stack in the logical ids of the other side, so that what both have goes by one id. */
export function adoptIds(own: Tree, other: Tree, { from, to }: Renamed): Tree {
  const text = JSON.stringify(own);
  const ids = new Map(addressesOf(other).map(({ type, id }) => [`${type}.${withoutHash(id)}`, id]));
  const adopted = new Map<string, string>();
  for (const { type, id } of addressesOf(own)) {
    const adoptable = ids.get(`${type}.${withoutHash(id).replace(from, to)}`);
    // With both ids in one text nothing would tell which of them was which.
    if (id.startsWith(from) && adoptable !== undefined && !text.includes(adoptable)) adopted.set(id, adoptable);
  }
  const owners = new Map([...adopted].map(([id, adoptedId]) => [adoptedId, id]));
  return changeBlocks(mapTextsAndKeys(own, (each) => replaceAll(each, adopted)) as Tree, (id, block) =>
    owners.has(id) ? { [OWN_ID]: owners.get(id), ...block } : block,
  );
}

/** The stack in its own logical ids. */
export function restoreIds(tree: Tree): Tree {
  const own = new Map<string, string>();
  const stripped = changeBlocks(tree, (id, { [OWN_ID]: ownId, ...block }) => {
    if (typeof ownId === "string") own.set(id, ownId);
    return block;
  });
  return mapTextsAndKeys(stripped, (text) => replaceAll(text, own)) as Tree;
}

const withoutHash = (id: string): string => id.replace(/_[\dA-F]{8}$/, "");

function replaceAll(text: string, replacements: ReadonlyMap<string, string>): string {
  let replaced = text;
  for (const [from, to] of replacements) replaced = replaced.replaceAll(from, to);
  return replaced;
}

function addressesOf(stack: Tree): Address[] {
  const addresses: Address[] = [];
  changeBlocks(stack, (id, block, type) => {
    addresses.push({ type, id });
    return block;
  });
  return addresses;
}

/** The stack with its resources and data sources changed. */
function changeBlocks(stack: Tree, change: (id: string, block: Tree, type: string) => Tree): Tree {
  const changed: Record<string, unknown> = { ...stack };
  for (const kind of ["resource", "data"]) {
    const types = changed[kind];
    if (!isTree(types)) continue;
    changed[kind] = Object.fromEntries(
      Object.entries(types as Readonly<Record<string, Readonly<Record<string, Tree>>>>).map(([type, blocks]) => [
        type,
        Object.fromEntries(Object.entries(blocks).map(([id, block]) => [id, change(id, block, type)])),
      ]),
    );
  }
  return changed;
}
