import { alignRows } from "./aligned-rows";
import { isTree, type Tree } from "./tree";

/** What one variant of a plan has: the stack of one environment, or of one side of it. */
export interface Variant {
  /** What tells it from the others, such as `production` and `write`. */
  readonly words: readonly string[];
  readonly value: unknown;
}

/**
 * Merges variants into one tree, in which a value that all share is stated once. `key <staging>` below `key` is what
 * staging has instead. Without a plain `key`, only the named variants have it. `{ <staging>: item }` is such an item of
 * a list. Names are relative to what encloses them.
 */
export function merge(variants: readonly Variant[]): unknown {
  const [first] = variants;
  if (first === undefined || distinct(variants).length === 1) return first?.value;
  return variants.every(({ value }) => isTree(value)) ? mergeMaps(variants) : mergeLists(variants);
}

/** The tree as one variant has it. `resolve(merge(variants), words)` is the value of the variant with these words. */
export function resolve(node: unknown, words: readonly string[]): unknown {
  if (Array.isArray(node)) return node.flatMap((item) => resolveItem(item, words));
  if (!isTree(node)) return node;
  const resolved: Record<string, unknown> = {};
  for (const [marked, value] of Object.entries(node)) {
    const [, key = marked, label] = /^(.*) <([^<>]+)>$/.exec(marked) ?? [];
    if (label !== undefined && !matches(label, words)) continue;
    const [own] = resolveItem(value, words);
    if (key.endsWith(LINES) && Array.isArray(own)) resolved[key.slice(0, -LINES.length)] = own.join("\n");
    else resolved[key] = own;
  }
  return resolved;
}

function resolveItem(item: unknown, words: readonly string[]): unknown[] {
  if (!isTree(item) || !isMarkedItem(item)) return [resolve(item, words)];
  return Object.entries(item)
    .filter(([key]) => matches(key.slice(1, -1), words))
    .map(([, value]) => resolve(value, words));
}

/** Whether each of its keys names variants, so that it is not a map but a value of theirs. */
export const isMarkedItem = (item: Tree): boolean => {
  const keys = Object.keys(item);
  return keys.length > 0 && keys.every((key) => /^<[^<>]+>$/.test(key));
};

const matches = (label: string, words: readonly string[]): boolean =>
  label.split(", ").some((name) => name.split(" ").every((word) => words.includes(word)));

function mergeMaps(variants: readonly Variant[]): Tree {
  const maps = variants.map(({ words, value }) => ({ words, value: value as Tree }));
  const merged: Record<string, unknown> = {};
  for (const key of keysOf(maps.map(({ value }) => value))) {
    const having = maps
      .filter(({ value }) => Object.hasOwn(value, key))
      .map(({ words, value }) => ({ words, value: value[key] }));
    const isEverywhere = having.length === variants.length;
    const [shown, found] = hasLines(having) ? [key + LINES, [linesOf(having)]] : [key, alternatives(having)];
    if (key === IMAGE && isEverywhere && found.length > 1) {
      merged[key] = markedItem(found, variants);
      continue;
    }
    for (const [index, { among, value }] of found.entries()) {
      merged[isEverywhere && index === 0 ? shown : `${shown} <${labelOf(among, variants)}>`] = value;
    }
  }
  return merged;
}

function mergeLists(variants: readonly Variant[]): unknown[] {
  const [first, ...others] = variants;
  const items = ({ words, value }: Variant) => (value as unknown[]).map((each) => ({ words, value: each }));
  let rows: Variant[][] = first === undefined ? [] : items(first).map((item) => [item]);
  for (const other of others) rows = alignRows(rows, items(other));
  return rows.map((row) => {
    const found = alternatives(row);
    return row.length === variants.length && found.length === 1 ? found[0]?.value : markedItem(found, variants);
  });
}

/** The image of a container has one value for all variants, which other containers of that image can refer to. */
export const IMAGE = "image";

const markedItem = (found: readonly Alternative[], around: readonly Variant[]): Tree =>
  Object.fromEntries(found.map(({ among, value }) => [`<${labelOf(among, around)}>`, value]));

/** A value at one place, and the variants that have it. */
interface Alternative {
  readonly among: readonly Variant[];
  readonly value: unknown;
}

/** The values at one place: a single one if they can be merged. */
function alternatives(variants: readonly Variant[]): Alternative[] {
  const found = distinct(variants);
  if (found.length === 1 || canMerge(variants)) return [{ among: variants, value: merge(variants) }];
  return found.map((among) => ({ among, value: among[0]?.value }));
}

/** Marks a text of several lines that is merged line by line. */
const LINES = " (lines)";

const hasLines = (variants: readonly Variant[]): boolean =>
  distinct(variants).length > 1 && variants.every(({ value }) => typeof value === "string" && value.includes("\n"));

const linesOf = (among: readonly Variant[]): Alternative => ({
  among,
  value: mergeLists(among.map(({ words, value }) => ({ words, value: String(value).split("\n") }))),
});

/** The variants by their value, in order. The order of a map's keys counts: it is part of a text in JSON. */
function distinct(variants: readonly Variant[]): Variant[][] {
  const byText = new Map<string, Variant[]>();
  for (const variant of variants) {
    const text = JSON.stringify(variant.value);
    byText.set(text, [...(byText.get(text) ?? []), variant]);
  }
  return [...byText.values()];
}

const canMerge = (variants: readonly Variant[]): boolean =>
  variants.every(({ value }) => Array.isArray(value)) ||
  (variants.every(({ value }) => isTree(value)) && haveOneOrder(variants.map(({ value }) => value as Tree)));

/** Whether the keys of each map stand in the order of the merged ones. */
function haveOneOrder(maps: readonly Tree[]): boolean {
  const keys = keysOf(maps);
  return maps.every((map) => {
    const places = Object.keys(map).map((key) => keys.indexOf(key));
    return places.every((place, index) => index === 0 || place > (places[index - 1] ?? 0));
  });
}

/** The keys of all maps, each after the one that it follows in its own map. */
function keysOf(maps: readonly Tree[]): string[] {
  const keys: string[] = [];
  for (const map of maps) {
    let next = 0;
    for (const key of Object.keys(map)) {
      const place = keys.indexOf(key);
      if (place < 0) keys.splice(next, 0, key);
      next = (place < 0 ? next : place) + 1;
    }
  }
  return keys;
}

/** The shortest names that mean these variants and no others of those around them. */
function labelOf(among: readonly Variant[], around: readonly Variant[]): string {
  const names: string[] = [];
  const isMeant = ({ words }: Variant) => names.some((name) => matches(name, words));
  for (const word of new Set(around.flatMap(({ words }) => words))) {
    const having = around.filter(({ words }) => words.includes(word));
    const isOfThese = having.every(({ words }) => among.some((one) => one.words === words));
    if (isOfThese && !having.every(isMeant)) names.push(word);
  }
  for (const variant of among) if (!isMeant(variant)) names.push(variant.words.join(" "));
  return names.join(", ");
}
