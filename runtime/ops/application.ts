import { resolve } from "node:path";
import type { SqlTransaction } from "../adapters/postgres/postgres-read-models";
import type { Projection } from "../projections/projection";
import { SettingsError } from "../settings";

/** What the tool has to know of an application: its projections, the tables that they write, and its processors. */
export interface Application {
  readonly projections: readonly Projection<SqlTransaction>[];
  /** Statements that make tables, as the projections give them to `PostgresReadModels.migrate`. */
  readonly tables: readonly string[];
  /** Statements that make what reading needs and writing does not: made once all rows are there. @default - none */
  readonly indexes?: readonly string[];
  /** Names of its `EventProcessor`s, for `lag`. @default - none */
  readonly processors?: readonly string[];
}

/** @throws {SettingsError} for a file that can't be loaded, or exports no application. */
export async function loadApplication(path: string | undefined): Promise<Application> {
  const name = "OPS_APPLICATION";
  if (path === undefined || path === "")
    throw new SettingsError([`${name}: must name a module that exports projections and tables`]);
  let loaded: unknown;
  try {
    loaded = await import(resolve(path));
  } catch (error) {
    throw new SettingsError([`${name}: must name a module, ${path} can't be loaded: ${messageOf(error)}`]);
  }
  const { projections, tables, indexes = [], processors = [] } = applicationIn(loaded);
  const problems = [
    ...(Array.isArray(projections) && projections.length > 0 && projections.every(isProjection)
      ? []
      : [`${name}: ${path} must export projections, a list of what has a name, types and handle`]),
    ...(isTexts(tables) && tables.length > 0 ? [] : [`${name}: ${path} must export tables, a list of statements`]),
    ...(isTexts(indexes) ? [] : [`${name}: ${path}: indexes must be a list of statements`]),
    ...(isTexts(processors) ? [] : [`${name}: ${path}: processors must be a list of names`]),
  ];
  if (problems.length > 0) throw new SettingsError(problems);
  return { projections, tables, indexes, processors } as Application;
}

/** Of a module in CommonJS, Node puts what it exports under `default`, too. */
function applicationIn(loaded: unknown): { [Key in keyof Application]?: unknown } {
  if (typeof loaded !== "object" || loaded === null) return {};
  if ("projections" in loaded || !("default" in loaded)) return loaded;
  return applicationIn(loaded.default);
}

const isProjection = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  "name" in value &&
  typeof value.name === "string" &&
  "types" in value &&
  Array.isArray(value.types) &&
  "handle" in value &&
  typeof value.handle === "function";

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string");

const messageOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "message" in error
    ? `${error.message}`.split("\n", 1).join("")
    : `${error}`;
