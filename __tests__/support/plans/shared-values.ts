import { nameOf } from "./aligned-rows";
import { IMAGE, isMarkedItem } from "./plan-variants";
import { isTree, type Tree } from "./tree";
import { Alias, Anchor } from "./yaml-lines";

/** Characters from which on a list or a map that comes again is a reference to where it came first. */
const WORTH_A_REFERENCE = 160;

/**
 * The tree with what it states more than once stated once, so that a change of it is one change: lists and maps of that
 * length, and images of containers. What is shorter is easier to read where it is.
 */
export function shareValues(tree: Tree): Tree {
  const repeated = repeatedTexts(tree);
  const names = new Map<string, string>();
  const share = (value: unknown, path: readonly string[]): unknown => {
    const shared = () => mapEntries(value, (each, key) => share(each, [...path, key]));
    const text = textToShare(value, path.at(-1));
    if (text === undefined || !repeated.has(text)) return shared();
    const known = names.get(text);
    if (known !== undefined) return new Alias(known);
    const name = newName(path, [...names.values()]);
    names.set(text, name);
    return new Anchor(name, shared());
  };
  return share(tree, []) as Tree;
}

/** What occurs at several places. What is within something repeated counts once with it. */
function repeatedTexts(tree: Tree): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  const visit = (value: unknown, key?: string): void => {
    const text = textToShare(value, key);
    if (text !== undefined && seen.has(text)) {
      repeated.add(text);
      return;
    }
    if (text !== undefined) seen.add(text);
    mapEntries(value, visit);
  };
  visit(tree);
  return repeated;
}

function textToShare(value: unknown, key: string | undefined): string | undefined {
  const isImage = key === IMAGE && (typeof value === "string" || (isTree(value) && isMarkedItem(value)));
  if (!isImage && (typeof value !== "object" || value === null)) return undefined;
  const text = JSON.stringify(value);
  return isImage || text.length >= WORTH_A_REFERENCE ? text : undefined;
}

function mapEntries(value: unknown, change: (value: unknown, key: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => change(item, nameOf(item) ?? ""));
  if (!isTree(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, change(each, key)]));
}

/** What has the value, and where: `PrometheusStack_7200077D.WorkloadDown.annotations`. A namesake gets a number. */
function newName(path: readonly string[], taken: readonly string[]): string {
  const owner = path.findIndex((key) => LOGICAL_ID.test(key));
  const words = path
    .slice(owner + 1)
    .filter((key) => key !== "")
    .slice(-2);
  const name = [path[owner]?.replace(LOGICAL_ID, "$1") ?? "", ...words]
    .map((word) => word.replaceAll(/(?:^| )[(<].*$|[^\w-]/g, ""))
    .filter((word) => word !== "")
    .join(".");
  const namesakes = taken.filter((other) => other.replace(/-\d+$/, "") === name).length;
  return namesakes === 0 ? name : `${name}-${namesakes + 1}`;
}

/** A logical id, of which the last word and the hash are enough to find it. */
const LOGICAL_ID = /^(?:.*_)?([A-Za-z0-9-]+_[\dA-F]{8})(?: <.*>)?$/;
