import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CHARTS } from "../../../lib/kubernetes/charts";
import type { Schema } from "./json-schema";

/** Charts' schemas of their values, beside the repository where somebody has put them. */
const FOLDER = join(__dirname, "..", "..", "..", "..", "shared", "charts");

/** What a chart's own schema says of its values, or nothing where there is none at hand. */
export function chartSchema(chart: string): Schema | undefined {
  const file = join(FOLDER, chart, "values.schema.json");
  if (!existsSync(file)) return undefined;
  const schema = JSON.parse(readFileSync(file, "utf8"));
  return chart === CHARTS.nginxIngress.name ? ownPart(schema) : schema;
}

/**
 * NGINX's own part of its schema: what it takes of Kubernetes' lies elsewhere on the internet, what it misses is in the
 * chart's own values, and the name of a port has slipped out of the port's keys.
 */
const ownPart = (schema: object): Schema =>
  Object.fromEntries(
    Object.entries(schema)
      .filter(([keyword, value]) => !isLeftOut(keyword, value, schema))
      .map(([keyword, value]) => [keyword, within(value)]),
  );

function within(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(within);
  return typeof value === "object" && value !== null ? ownPart(value) : value;
}

const isLeftOut = (keyword: string, value: unknown, schema: object): boolean =>
  (keyword === "$ref" && typeof value === "string") ||
  (keyword === "required" && Array.isArray(value)) ||
  (keyword === "name" && "properties" in schema);
