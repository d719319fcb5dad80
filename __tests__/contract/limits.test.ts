import { production } from "../../environments/production";
import { PROJECTIONS_RULES } from "../../lib/config/architecture";
import { authDocument, isAuthConfig } from "../../lib/config/auth";
import { environmentProblems } from "../../lib/config/environment";
import { isMonitoringOptions } from "../../lib/config/monitoring";
import {
  CONFIG_MAP_BYTES,
  HEALTH_PATH_ALLOWED,
  MESSAGE_TYPES,
  OBJECT_BYTES,
  PARTITIONS,
} from "../../lib/contract/limits";
import { dashboardsOf } from "../../lib/monitoring/dashboards/dashboards";
import { ruleGroups } from "../../lib/monitoring/rules/rules";
import { ProductionMetrics } from "../../runtime/metrics/production-metrics";
import { partitionSettings } from "../../runtime/projections/partitions";
import { serviceSettings } from "../../runtime/service/service-settings";
import { withValueAt } from "../support/synthesis/places";
import { auth } from "../support/synthesis/services";

const named = (count: number, length = 1): string[] =>
  Array.from({ length: count }, (_, index) => `T${index}`.padEnd(length, "x"));
const mapOf = <T>(names: readonly string[], value: T): Readonly<Record<string, T>> =>
  Object.fromEntries(names.map((name) => [name, value]));
const linesOf = (value: unknown): string[] =>
  isAuthConfig.problemsOf(value, "auth").map(({ path, message }) => `${path}: ${message}`);

describe("types of messages", () => {
  test(`may be ${MESSAGE_TYPES.max}, for the services as for the configuration`, () => {
    const types = named(MESSAGE_TYPES.max);
    expect(linesOf({ ...auth, commandPermissions: mapOf(types, ["user"]) })).toEqual([]);
    expect(() => new ProductionMetrics({ commandTypes: types, queryTypes: types })).not.toThrow();
  });

  test.each(["command", "query"] as const)("of one %s more are refused", (kind) => {
    const key = `${kind}Permissions`;
    expect(linesOf({ ...auth, [key]: mapOf(named(MESSAGE_TYPES.max + 1), ["user"]) })).toEqual([
      `auth.${key}: must name at most 500 types of ${kind}, got 501`,
    ]);
  });
});

describe("the document of who may do what", () => {
  const withRoles = (length: number) => ({
    ...auth,
    commandPermissions: mapOf(named(MESSAGE_TYPES.max, 128), named(length, 64)),
  });

  test("is refused where no ConfigMap holds it", () => {
    const bytes = Buffer.byteLength(authDocument(withRoles(50)));
    expect(bytes).toBeGreaterThan(CONFIG_MAP_BYTES);
    expect(linesOf(withRoles(50))).toEqual([`auth: must be at most 1044480 bytes as JSON, got ${bytes}`]);
  });

  test("may be as large as one", () => {
    expect(linesOf(withRoles(28))).toEqual([]);
    expect(Buffer.byteLength(authDocument(withRoles(28)))).toBeGreaterThan(0.9 * CONFIG_MAP_BYTES);
  });
});

describe("the path of readiness", () => {
  const place = ["architecture", "writeSide", "commandApi", "healthCheck"];
  const linesAt = (path: string) =>
    environmentProblems("production", withValueAt(production, place, path)).map(({ message }) => message);

  test.each(["/", "/health", "/a.b/c-d_e", "/commandsAndMore", `/${"x".repeat(255)}`])("may be %s", (path) => {
    expect(linesAt(path)).toEqual([]);
    expect(serviceSettings({ HEALTH_PATH: path }).healthPath).toBe(path);
  });

  test.each([
    "health",
    "/commands/CreateOrder",
    "/commands/",
    "/queries/GetOrder",
    `/${"x".repeat(256)}`,
    "/a b",
    "/a?b",
  ])("can't be %s, on either side", (path) => {
    const got = path.length > 60 ? `${path.slice(0, 57)}...` : path;
    expect(linesAt(path)).toEqual([`must be ${HEALTH_PATH_ALLOWED}, got '${got}'`]);
    expect(() => serviceSettings({ HEALTH_PATH: path })).toThrow(`HEALTH_PATH: must be ${HEALTH_PATH_ALLOWED}`);
  });
});

test("the most workers, partitions and parallelism that the configuration takes are the services' too", () => {
  const { workers, parallelism } = { workers: 1000, parallelism: 1000 };
  expect(PROJECTIONS_RULES.workers.problemsOf(workers, "")).toEqual([]);
  expect(PROJECTIONS_RULES.workers.problemsOf(workers + 1, "")).toHaveLength(1);
  const settings = { workers, index: workers - 1, partitions: PARTITIONS.max, parallelism };
  const variables = (of: typeof settings) => ({
    PROJECTION_WORKERS: `${of.workers}`,
    PROJECTION_INDEX: `${of.index}`,
    PROJECTION_PARTITIONS: `${of.partitions}`,
    PROJECTION_PARALLELISM: `${of.parallelism}`,
  });
  expect(partitionSettings(variables(settings))).toEqual(settings);
  expect(() => partitionSettings(variables({ ...settings, workers: workers + 1 }))).toThrow("PROJECTION_WORKERS");
});

test("the rules and the dashboards of the most and longest types fit into objects of Kubernetes", () => {
  const objective = { percent: 99.5, seconds: 2.5, fastPercent: 95 } as const;
  const types = mapOf(named(50, 128), objective);
  const objectives = { commandTypes: types, queryTypes: types };
  const runbooks = "https://wiki.example.com/".padEnd(2048, "x");
  expect(isMonitoringOptions.problemsOf({ objectives, runbooks }, "monitoring")).toEqual([]);
  const options = {
    environment: "a-twenty-letter-name",
    objectives,
    services: true,
    eventStore: { scraped: true },
    backup: { frequency: "hourly", exported: true },
    logs: true,
    runbooks,
  } as const;
  const rules = Object.values(ruleGroups(options)).map((spec) => Buffer.byteLength(JSON.stringify(spec)));
  expect(rules.reduce((sum, bytes) => sum + bytes)).toBeGreaterThan(OBJECT_BYTES);
  expect(Math.max(...rules)).toBeLessThan(0.9 * OBJECT_BYTES);
  const dashboards = Object.values(dashboardsOf(options)).map((it) => Buffer.byteLength(JSON.stringify(it)));
  expect(Math.max(...dashboards)).toBeLessThan(0.9 * CONFIG_MAP_BYTES);
});
