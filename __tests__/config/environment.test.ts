import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Token } from "cdktf";
import { production } from "../../environments/production";
import { staging } from "../../environments/staging";
import { type Environment, environmentProblems } from "../../lib/config/environment";
import { InvalidConfigurationError } from "../../lib/core/problems";
import { CqrsPlatform, platforms } from "../../stacks/platform";
import BAD_ENVIRONMENTS from "./bad-environments.json";

/** One thing wrong in an environment that is sound otherwise, and all that is said of it. */
interface BadEnvironment {
  readonly what: string;
  /** Key that gets the value, by its path. */
  readonly path: string;
  /** The wrong value; without one the key is taken away. */
  readonly value?: unknown;
  /** Key of the same object that the wrong one is written for. */
  readonly instead?: string;
  /** Path below the environment's name, and message. */
  readonly said: readonly string[];
}

type Tree = Record<string, unknown>;

/** Production with one value changed; the object itself is left as it is. */
function changed({ path, value, instead }: Pick<BadEnvironment, "path" | "value" | "instead">): Environment {
  const copy = structuredClone(production) as unknown as Tree;
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  const parent = keys.reduce((at, key) => at[key] as Tree, copy);
  if (instead !== undefined) delete parent[instead];
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy as unknown as Environment;
}

const linesOf = (environments: Record<string, Environment>): string[] =>
  Object.entries(environments).flatMap(([name, environment]) =>
    environmentProblems(name, environment).map(({ path, message }) => `${path}: ${message}`),
  );

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());

const outdir = mkdtempSync(join(tmpdir(), "refused-"));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** What an app says of environments that it refuses. */
function refusalOf(build: (app: App) => void): string {
  const app = new App({ outdir });
  try {
    build(app);
    app.synth();
  } catch (error) {
    if (error instanceof InvalidConfigurationError) return error.message;
    throw error;
  }
  throw new Error("it was accepted");
}

describe.each(BAD_ENVIRONMENTS as readonly BadEnvironment[])("$what: $path = $value", (bad) => {
  test("is told with path, value and what is allowed", () => {
    expect(linesOf({ production: changed(bad) })).toEqual(bad.said.map((line) => `production.${line}`));
  });

  test("is refused before anything is written", () => {
    const heading = bad.said.length === 1 ? "1 problem" : `${bad.said.length} problems`;
    expect(refusalOf((app) => platforms(app, { production: changed(bad) }))).toBe(
      [
        `${heading} in the configuration, nothing was synthesized:`,
        ...bad.said.map((line) => `  production.${line}`),
      ].join("\n"),
    );
    expect(filesIn(outdir)).toEqual([]);
  });
});

test("the environments of this project are sound", () => {
  expect(linesOf({ production, staging })).toEqual([]);
});

test("an environment that comes from JSON is as good as one in TypeScript", () => {
  expect(linesOf({ production: JSON.parse(JSON.stringify(production)) })).toEqual([]);
});

test("the problems of all environments are told at once", () => {
  const environments = {
    production: changed({ path: "infrastructure.writeCluster.nodes", value: 0 }),
    staging: changed({ path: "network.natGateways", value: "none" }),
  };
  expect(refusalOf((app) => platforms(app, environments))).toBe(
    [
      "2 problems in the configuration, nothing was synthesized:",
      "  production.infrastructure.writeCluster.nodes: must be a whole number from 1 to 450, got 0",
      "  staging.network.natGateways: must be 'per-zone' or 'single', got 'none'",
    ].join("\n"),
  );
});

test("all problems of one environment are told at once, those between its parts among them", () => {
  const one = changed({ path: "infrastructure.eventStore.size", value: "development" });
  const environment = {
    ...one,
    infrastructure: {
      ...one.infrastructure,
      writeCluster: { type: "vm", nodes: -1, resources: { cpu: "4", memory: "16", storage: "500GB" } },
    },
  } as unknown as Environment;
  expect(linesOf({ production: environment })).toEqual([
    "production.infrastructure.writeCluster.type: must be 'kubernetes', got 'vm'",
    "production.infrastructure.writeCluster.nodes: must be a whole number from 1 to 450, got -1",
    "production.infrastructure.writeCluster.resources.cpu: must be a number of cores such as '4 cores', got '4'",
    "production.infrastructure.writeCluster.resources.memory: must be a size such as '16GB', got '16'",
    "production.infrastructure.writeCluster.resources.storage: must be a size such as 'SSD 500GB' or 'SSD 1TB', got '500GB'",
    "production.architecture.writeSide.eventStore.clusterSize: must be 1, the nodes of infrastructure.eventStore.size 'development', got 3",
  ]);
});

test("a cache without cluster mode has one shard", () => {
  const cache = { nodeType: "cache.r7g.large", shards: 2, replicasPerShard: 1 };
  const clustered = changed({ path: "readStore", value: { cache } });
  expect(linesOf({ production: clustered })).toEqual([]);
  const { architecture } = changed({ path: "architecture.readSide.readDatabases.cache.cluster", value: false });
  expect(linesOf({ production: { ...clustered, architecture } })).toEqual([
    "production.readStore.cache.shards: must be 1 without architecture.readSide.readDatabases.cache.cluster, got 2",
  ]);
});

describe("what is no environment at all", () => {
  test.each([
    [undefined, "is missing, must be"],
    [null, "must be"],
    ["{}", "must be"],
    [[], "must be"],
    [() => production, "must be"],
    [42, "must be"],
  ])("%p is told so", (value, beginning) => {
    const [line] = linesOf({ production: value as unknown as Environment });
    expect(line).toContain(`production: ${beginning} an object with 'region', 'infrastructure', `);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 3n, Symbol("3"), Object.create(null), new Date(0)])(
    "a strange value of a key is told, not stumbled over",
    (value) => {
      const { infrastructure } = production;
      const writeCluster = { ...infrastructure.writeCluster, nodes: value as unknown as number };
      const environment = { ...production, infrastructure: { ...infrastructure, writeCluster } };
      expect(linesOf({ production: environment })).toEqual([
        expect.stringMatching(
          /^production\.infrastructure\.writeCluster\.nodes: must be a whole number from 1 to 450, got /,
        ),
      ]);
    },
  );
});

describe("tokens", () => {
  const token = Token.asString({ resolve: () => "late" });

  test.each(["administrators.deployer", "state.bucket"])("pass where Terraform may compute the value: %s", (path) => {
    const base = { ...production, state: { bucket: "orders-state" } };
    const [parent = "", key = ""] = path.split(".");
    const environment = { ...base, [parent]: { ...(base as unknown as Record<string, Tree>)[parent], [key]: token } };
    expect(linesOf({ production: environment as Environment })).toEqual([]);
  });

  test.each([
    ["infrastructure.writeCluster.resources.memory", "a size such as '16GB'"],
    ["infrastructure.eventStore.backup.frequency", "'hourly' or 'daily'"],
    ["network.cidr", "a private range of /16 to /20 such as '10.0.0.0/16'"],
  ])("are refused where it is decided by the value what to make: %s", (path, allowed) => {
    expect(linesOf({ production: changed({ path, value: token }) })).toEqual([
      `production.${path}: must be ${allowed}, known at synth, got a token`,
    ]);
  });
});

describe("the environment's name", () => {
  const LONGEST = "a-twenty-letter-name";

  test("may be as long as every name that begins with it allows", () => {
    const app = new App({ outdir: mkdtempSync(join(tmpdir(), "longest-")) });
    new CqrsPlatform(app, LONGEST, production);
    app.synth();
    expect(readdirSync(app.outdir)).toContain("manifest.json");
    rmSync(app.outdir, { recursive: true, force: true });
  });

  test.each([`${LONGEST}s`, "Production", "1st", "prod_eu", "prod-", "prod--eu", ""])("can't be '%s'", (name) => {
    expect(refusalOf((app) => platforms(app, { [name]: production }))).toContain(
      `  ${name}: must be lower-case letters, digits and single hyphens, a letter first, at most 20 characters`,
    );
  });
});
