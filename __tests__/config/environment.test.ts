import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Token } from "cdktf";
import { production } from "../../environments/production";
import { staging } from "../../environments/staging";
import { type Environment, environmentProblems } from "../../lib/config/environment";
import { InvalidConfigurationError } from "../../lib/core/problems";
import { CqrsPlatform, platforms } from "../../stacks/platform";
import { ProtectionLock } from "../../stacks/protection-lock";
import { resourceOf, resourcesOf, stackOf, synthesize } from "../support/synthesis/synthesized";
import BAD_INFRASTRUCTURE from "./bad-environments.json";
import BAD_RECOVERY from "./bad-recovery.json";
import BAD_SERVICES from "./bad-services.json";

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

function deepFreeze<T extends object>(value: T): T {
  for (const each of Object.values(value)) if (typeof each === "object") deepFreeze(each);
  return Object.freeze(value);
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

const BAD_ENVIRONMENTS: readonly BadEnvironment[] = [...BAD_INFRASTRUCTURE, ...BAD_RECOVERY, ...BAD_SERVICES];

describe.each(BAD_ENVIRONMENTS)("$what: $path = $value", (bad) => {
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

test("an environment may be frozen, and is left as it was", () => {
  const frozen = deepFreeze(structuredClone(production));
  expect(() => synthesize({ production: frozen })).not.toThrow();
  expect(frozen).toEqual(production);
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

test("what relates two parts is told beside what is wrong with others", () => {
  const one = changed({ path: "region", value: "mars" });
  const { writeCluster, eventStore } = one.infrastructure;
  const resources = { cpu: "4 cores", memory: "512GB", storage: "500GB" };
  const environment = {
    ...one,
    infrastructure: {
      ...one.infrastructure,
      writeCluster: { ...writeCluster, nodes: 0, resources },
      eventStore: { ...eventStore, provider: "AWS", size: "development" },
    },
    network: { ...one.network, eventStoreCidr: "10.0.0.0/22", natGateways: "none" },
    kubernetes: { instanceTypes: { read: "m7i.large" }, version: "1.12" },
  } as unknown as Environment;
  expect(linesOf({ production: environment })).toEqual([
    "production.region: must be a Region such as 'eu-central-1', outside China, got 'mars'",
    "production.infrastructure.writeCluster.nodes: must be a whole number from 1 to 450, got 0",
    "production.infrastructure.writeCluster.resources.storage: must be a size such as 'SSD 500GB' or 'SSD 1TB', got '500GB'",
    "production.infrastructure.eventStore.provider: must be 'EventStore Cloud' or 'Kurrent Cloud', got 'AWS'",
    "production.network.natGateways: must be 'per-zone' or 'single', got 'none'",
    "production.network.eventStoreCidr: must not overlap cidr '10.0.0.0/16', got '10.0.0.0/22'",
    "production.kubernetes.version: must be '1.34', '1.35' or '1.36', got '1.12'",
    "production.architecture.writeSide.eventStore.clusterSize: must be 1, the nodes of infrastructure.eventStore.size 'development', got 3",
    "production.infrastructure.writeCluster.resources: no instance type has '4 cores' with '512GB', the nearest are x8i.xlarge (4 cores, 64GB) and x8i.8xlarge (32 cores, 512GB)",
    "production.kubernetes.instanceTypes.read: must hold '8 cores' and '32GB', got m7i.large (2 cores, 8GB)",
  ]);
});

test("zones must be named where an account has others than a, b and c, and a misspelt key names them", () => {
  const tokyo = { ...production, region: "ap-northeast-1" };
  const availabilityZones = ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"];
  expect(linesOf({ production: { ...tokyo, network: { ...production.network, availabilityZones } } })).toEqual([]);
  const misspelt = { ...production.network, availabilityzones: availabilityZones };
  expect(linesOf({ production: { ...tokyo, network: misspelt } })).toEqual([
    "production.network.availabilityzones: is not a key here, did you mean 'availabilityZones'?",
  ]);
});

test.each(["eu-central-2", "ap-southeast-7", "mx-central-1", "me-south-1", "us-gov-west-1"])(
  "%s is a Region",
  (region) => {
    const administrators = {
      deployer: `arn:aws${region.startsWith("us-gov") ? "-us-gov" : ""}:iam::111122223333:role/deployer`,
    };
    expect(linesOf({ staging: { ...staging, region, administrators } })).toEqual([]);
  },
);

test("a database is of the class that is named, or of one that the Region has", () => {
  const classesIn = (environment: Environment) => {
    const { stacks } = synthesize({ staging: environment });
    return resourcesOf(stackOf({ stacks, dependencies: {} }, "staging-read-store"), "aws_db_instance").map(
      ({ instance_class }) => instance_class,
    );
  };
  const inTelAviv = { ...staging, region: "il-central-1" };
  const { readStore } = staging;
  expect(new Set(classesIn(inTelAviv))).toEqual(new Set(["db.m7g.large"]));
  expect(new Set(classesIn({ ...inTelAviv, readStore: { ...readStore, instanceClass: "db.m6i.xlarge" } }))).toEqual(
    new Set(["db.m6i.xlarge"]),
  );
});

test("nodes are of a type that the Region has", () => {
  const { stacks } = synthesize({ staging: { ...staging, region: "ca-west-1" } });
  const template = resourceOf(stackOf({ stacks, dependencies: {} }, "staging-write-cluster"), "aws_launch_template");
  expect(template.instance_type).toMatch(/^m6i\./);
});

test("a resource has room for 40 tags beside our own", () => {
  const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`Tag${index}`, "x"]));
  expect(linesOf({ production: { ...production, tags: tags(40) } })).toEqual([]);
  expect(linesOf({ production: { ...production, tags: tags(41) } })).toEqual([
    "production.tags: must be at most 40 tags, got 41",
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
    [JSON.stringify(production), "must be"],
    [[], "must be"],
    [() => production, "must be"],
    [42, "must be"],
  ])("%p is told so", (value, beginning) => {
    const [line] = linesOf({ production: value as unknown as Environment });
    expect(line).toContain(`production: ${beginning} an object with 'region', 'infrastructure', `);
  });

  test.each<[unknown, string]>([
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "Infinity"],
    [3n, "3n"],
    [Symbol("3"), "Symbol(3)"],
    [() => 3, "a function"],
    [[3], "a list of 1"],
    [Object.create(null), "an empty object"],
    [new Date(0), "a value of type Date"],
  ])("a strange value of a key is told, not stumbled over: %p", (value, shown) => {
    expect(linesOf({ production: changed({ path: "infrastructure.writeCluster.nodes", value }) })).toEqual([
      `production.infrastructure.writeCluster.nodes: must be a whole number from 1 to 450, got ${shown}`,
    ]);
  });

  test.each(["infrastructure", "kubernetes", "readStore", "tags"])("%s is no Map, nor a promise", (path) => {
    for (const [value, type] of [
      [new Map(), "Map"],
      [Promise.resolve({}), "Promise"],
    ]) {
      const [line, ...others] = linesOf({ production: changed({ path, value }) });
      expect(line).toMatch(new RegExp(`^production\\.${path}: must be an object.*, got a value of type ${type}$`));
      expect(others).toEqual([]);
    }
  });
});

describe("tokens", () => {
  const text = Token.asString({ resolve: () => "late" });
  const number = Token.asNumber({ resolve: () => 3 });
  const cache = { nodeType: text, shards: number, replicasPerShard: number };

  test.each<[string, unknown]>([
    ["architecture.readSide.projections.parallelism", number],
    ["network.availabilityZones", ["eu-central-1a", "eu-central-1b", text]],
    ["administrators.deployer", text],
    ["apiAccess", { cidrs: Token.asList({ resolve: () => ["203.0.113.0/24"] }) }],
    ["apiAccess", { cidrs: [text] }],
    ["kubernetes", { instanceTypes: { write: text }, addonVersions: { coredns: text } }],
    ["readStore", { cache }],
    ["tags", { Owner: text }],
  ])("pass where Terraform may compute the value, and are synthesized: %s", (path, value) => {
    const environment = changed({ path, value });
    expect(linesOf({ production: environment })).toEqual([]);
    expect(() => synthesize({ production: environment })).not.toThrow();
  });

  test("are not judged against other values", () => {
    const { architecture } = changed({ path: "architecture.readSide.readDatabases.cache.cluster", value: false });
    expect(linesOf({ production: { ...production, architecture, readStore: { cache } } })).toEqual([]);
    const availabilityZones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"];
    const network = { ...production.network, availabilityZones };
    expect(linesOf({ production: { ...production, region: text, network } })).toEqual([
      "production.region: must be a Region such as 'eu-central-1', outside China, known at synth, got a token",
    ]);
  });

  test.each([
    ["region", "a Region such as 'eu-central-1', outside China"],
    ["infrastructure.writeCluster", "an object with 'type', 'nodes' and 'resources'"],
    ["infrastructure.writeCluster.nodes", "a whole number from 1 to 450"],
    ["infrastructure.writeCluster.resources.cpu", "a number of cores such as '4 cores'"],
    ["infrastructure.writeCluster.resources.memory", "a size such as '16GB'"],
    ["infrastructure.writeCluster.resources.storage", "a size such as 'SSD 500GB' or 'SSD 1TB'"],
    ["infrastructure.eventStore.size", "'development', 'staging', 'production' or 'production-large'"],
    ["infrastructure.eventStore.backup.frequency", "'hourly' or 'daily'"],
    ["infrastructure.eventStore.backup.retention", "a number of days such as '30 days'"],
    ["infrastructure.monitoring.grafana", "true or false"],
    ["architecture.writeSide.eventStore.clusterSize", "1 or 3"],
    ["architecture.writeSide.commandProcessors.instances", "a whole number from 1 to 1000"],
    ["architecture.readSide.readDatabases.primary.replicas", "a whole number from 0 to 15"],
    ["network.cidr", "a private range of /16 to /20 such as '10.0.0.0/16'"],
    ["network.eventStoreCidr", "a private range of /8 to /24 such as '10.1.0.0/22'"],
    ["tags", "an object, each value a text of at most 256 letters, digits, spaces and _.:/=+-@"],
    ["deletionProtection", "true or false"],
  ])("are refused where it is decided by the value what to make: %s", (path, allowed) => {
    expect(linesOf({ production: changed({ path, value: text }) })).toEqual([
      `production.${path}: must be ${allowed}, known at synth, got a token`,
    ]);
  });

  test("are refused in a backend and in a provider's version, where Terraform computes nothing", () => {
    const environment = { ...production, state: { bucket: text, keyArn: text }, providerVersions: { aws: text } };
    expect(linesOf({ production: environment })).toEqual([
      "production.state.bucket: must be 3 to 63 lower-case letters, digits and hyphens, letter or digit first and last, without the beginnings and ends that S3 keeps for itself, known at synth, got a token",
      "production.state.keyArn: must be the ARN of a KMS key, known at synth, got a token",
      "production.providerVersions.aws: must be a version constraint such as '~> 6.25', known at synth, got a token",
    ]);
  });

  test("are refused as an environment's name", () => {
    expect(linesOf({ [text]: production })).toEqual([
      `${text}: must be lower-case letters, digits and single hyphens, a letter first, at most 20 characters (S3 bucket prefix), known at synth, got a token`,
    ]);
  });
});

describe("the environment's name", () => {
  const LONGEST = "a-twenty-letter-name";

  test("may be as long as every name that begins with it allows", () => {
    const app = new App({ outdir: mkdtempSync(join(tmpdir(), "longest-")) });
    new CqrsPlatform(app, LONGEST, production);
    new ProtectionLock(app, "Lock", { file: false });
    app.synth();
    expect(readdirSync(app.outdir)).toContain("manifest.json");
    rmSync(app.outdir, { recursive: true, force: true });
  });

  test.each(["sg", "sg-prod"])("can't be '%s', as ids of security groups begin", (name) => {
    expect(refusalOf((app) => platforms(app, { [name]: production }))).toBe(
      `1 problem in the configuration, nothing was synthesized:\n  ${name}: must not be 'sg' nor begin with 'sg-', as ids of security groups do, got '${name}'`,
    );
  });

  test.each([`${LONGEST}s`, "Production", "1st", "prod_eu", "prod-", "prod--eu"])("can't be '%s'", (name) => {
    expect(refusalOf((app) => platforms(app, { [name]: production }))).toContain(
      `  ${name}: must be lower-case letters, digits and single hyphens, a letter first, at most 20 characters`,
    );
  });
});

describe("the secret of the subjects' keys", () => {
  const [here, elsewhere] = ["111122223333", "444455556666"];
  const arnIn = (account: string) => `arn:aws:secretsmanager:eu-central-1:${account}:secret:orders/subject-keys-AbCdEf`;
  const inAccount = (account: unknown, secret: string) => {
    const formerKeys = [`arn:aws:kms:eu-central-1:${elsewhere}:key/mrk-1`];
    const jobs = {
      image: "ghcr.io/acme/operations:1.0.0",
      formerKeys,
      subjectKeys: { secret, ranges: ["10.2.0.0/24"] },
    };
    return {
      ...changed({ path: "account", value: account }),
      recovery: { ...production.recovery, jobs },
    } as Environment;
  };

  test("must be of the environment's account, while a former key may be of another", () => {
    expect(linesOf({ production: inAccount(here, arnIn(here)) })).toEqual([]);
    expect(linesOf({ production: inAccount(here, arnIn(elsewhere)) })).toEqual([
      `production.recovery.jobs.subjectKeys.secret: must be of account '${here}', got '${arnIn(elsewhere)}'`,
    ]);
  });

  test("may be of any where the account is not given, is no account, or is computed with it", () => {
    expect(linesOf({ production: inAccount(undefined, arnIn(elsewhere)) })).toEqual([]);
    expect(linesOf({ production: inAccount("1111", arnIn(elsewhere)) })).toEqual([
      "production.account: must be an account's 12 digits as a text, got '1111'",
    ]);
    expect(linesOf({ production: inAccount(here, Token.asString({ Ref: "secret" })) })).toEqual([]);
  });
});

test("an environment whose name is empty is told of with a path that can be seen", () => {
  const lines = linesOf({ "": changed({ path: "infrastructure.writeCluster.nodes", value: 0 }) });
  expect(lines).toEqual([
    expect.stringMatching(/^the environment's name: must be .*, got ''$/),
    "''.infrastructure.writeCluster.nodes: must be a whole number from 1 to 450, got 0",
  ]);
});
