import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

type Values = Readonly<Record<string, unknown>>;

/** Paths that a chart takes without having them in its values.yaml, or as it likes; `*.resources` is any path that ends so. */
export type FreePaths = Readonly<Record<string, string>>;

/** The charts' own values, one folder a chart, beside the repository where somebody has put them. */
const FOLDER = join(__dirname, "..", "..", "..", "..", "shared", "charts");

/** A chart's own values with those of its subcharts, or nothing where they are not at hand. */
export function ownValues(chart: string, subcharts: readonly string[] = []): Values | undefined {
  const [own, ...below] = [chart, ...subcharts].map((name) => {
    const file = join(FOLDER, name, "values.yaml");
    return existsSync(file) ? (parse(readFileSync(file, "utf8"), { merge: true }) as Values) : undefined;
  });
  if (own === undefined || below.includes(undefined)) return undefined;
  return { ...own, ...Object.fromEntries(subcharts.map((name, index) => [name, merged(below[index], own[name])])) };
}

/** What our values name that the chart does not know, and what is free and not used. */
export function strangersIn(ours: object, own: Values, free: FreePaths): string[] {
  const used = new Set<string>();
  const isFree = (path: string) => {
    const entry = [path, `*.${path.split(".").at(-1)}`].find((each) => Object.hasOwn(free, each));
    if (entry !== undefined) used.add(entry);
    return entry !== undefined;
  };
  const walk = (value: unknown, default_: unknown, path: string): string[] => {
    if (isMap(value) && isMap(default_) && Object.keys(default_).length > 0)
      return Object.entries(value).flatMap(([key, each]) => {
        const at = path === "" ? key : `${path}.${key}`;
        if (Object.hasOwn(default_, key)) return walk(each, default_[key], at);
        return isFree(at) ? [] : [`${at}: is no value of the chart`];
      });
    if (typeof value === "object") return isFree(path) ? [] : [`${path}: is free in the chart`];
    const isSame = default_ === null || typeof default_ === typeof value;
    return isSame ? [] : [`${path}: is ${typeof default_} in the chart, not ${typeof value}`];
  };
  const found = walk(ours, own, "");
  return [...found, ...Object.keys(free).flatMap((path) => (used.has(path) ? [] : [`${path}: is free for nobody`]))];
}

function merged(below: unknown, above: unknown): unknown {
  if (!isMap(below) || !isMap(above)) return above ?? below;
  const keys = [...new Set([...Object.keys(below), ...Object.keys(above)])];
  return Object.fromEntries(keys.map((key) => [key, merged(below[key], above[key])]));
}

const isMap = (value: unknown): value is Values => typeof value === "object" && value !== null && !Array.isArray(value);
