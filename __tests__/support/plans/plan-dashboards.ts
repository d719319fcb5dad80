import { isTree, type Tree } from "./tree";

/** Marks the JSON of a dashboard, which is approved in a file of its own. */
const MARK = " (dashboard)";
const JSON_MARK = " (json file)";

/** The file of a dashboard below PLANS, without an extension. */
export const dashboardFile = (uid: string): string => `dashboards/${uid}`;

/** The stack with the uid of each dashboard in its place, and the dashboards by their uids. */
export function withoutDashboards(stack: Tree): {
  readonly rest: Tree;
  readonly dashboards: ReadonlyMap<string, Tree>;
} {
  const dashboards = new Map<string, Tree>();
  const rest = changeData(stack, (key, value) => {
    if (!key.endsWith(JSON_MARK) || !isTree(value) || !("panels" in value) || typeof value.uid !== "string")
      return undefined;
    dashboards.set(value.uid, value);
    return [key.slice(0, -JSON_MARK.length) + MARK, value.uid];
  });
  return { rest, dashboards };
}

/** The stack with its dashboards in it again. */
export const withDashboards = (stack: Tree, dashboard: (uid: string) => unknown): Tree =>
  changeData(stack, (key, value) =>
    key.endsWith(MARK) ? [key.slice(0, -MARK.length) + JSON_MARK, dashboard(String(value))] : undefined,
  );

type Entry = readonly [key: string, value: unknown];

/** The stack with what `change` makes of entries of its config maps. */
function changeData(stack: Tree, change: (...entry: Entry) => Entry | undefined): Tree {
  const within = (tree: unknown, key: string, inner: (value: unknown) => unknown): unknown =>
    isTree(tree) && key in tree ? { ...tree, [key]: inner(tree[key]) } : tree;
  const each = (tree: unknown, inner: (value: unknown) => unknown): unknown =>
    isTree(tree) ? Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, inner(value)])) : tree;
  const data = (tree: unknown): unknown =>
    isTree(tree) ? Object.fromEntries(Object.entries(tree).map((entry) => change(...entry) ?? entry)) : tree;
  return within(stack, "resource", (resource) =>
    within(resource, "kubernetes_config_map_v1", (maps) => each(maps, (map) => within(map, "data", data))),
  ) as Tree;
}
