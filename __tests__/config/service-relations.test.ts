import { Token } from "cdktf";
import { production } from "../../environments/production";
import { type ServiceParts, serviceProblems } from "../../lib/config/service-relations";

const base = {
  infrastructure: production.infrastructure,
  architecture: production.architecture,
  services: {
    commandApi: { host: "commands.example.com" },
    commandProcessors: {},
    queryApi: { host: "queries.example.com" },
    projections: {},
  },
  auth: {},
  cloudflare: { zone: "example.com" },
};

type Tree = Record<string, unknown>;

/** The parts with values changed by their paths, or taken away. */
function changed(changes: Readonly<Record<string, unknown>>): ServiceParts {
  const copy = structuredClone(base) as unknown as Tree;
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    const parent = keys.reduce((at, key) => {
      at[key] ??= {};
      return at[key] as Tree;
    }, copy);
    if (value === undefined) delete parent[last];
    else parent[last] = value;
  }
  return copy as ServiceParts;
}

const linesOf = (changes: Readonly<Record<string, unknown>> = {}): string[] =>
  serviceProblems(changed(changes), "production").map(({ path, message }) => `${path}: ${message}`);

const MAX = "services.commandProcessors.autoscaling";
const PARTITIONS = "services.projections.partitions";
const INSTANCES = "architecture.writeSide.commandProcessors.instances";
const PROJECTIONS = "architecture.readSide.projections";
const secrets = (count: number, length: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`A${index}`, `${index}`.padEnd(length, "-")]));

test("parts that agree are sound", () => {
  expect(linesOf()).toEqual([]);
});

test.each<[changes: Readonly<Record<string, unknown>>, line: string]>([
  [{ [MAX]: { maxInstances: 4, cpuPercent: 70 } }, `${MAX}.maxInstances: must be at least ${INSTANCES}, 5, got 4`],
  [
    { [MAX]: { maxInstances: 20, query: "a", perInstance: 1 }, [INSTANCES]: 21 },
    `${MAX}.maxInstances: must be at least ${INSTANCES}, 21, got 20`,
  ],
  [{ [PARTITIONS]: 4 }, `${PARTITIONS}: must be at least ${PROJECTIONS}.workers, 5, got 4`],
  [{ [`${PROJECTIONS}.workers`]: 101 }, `${PARTITIONS}: must be at least ${PROJECTIONS}.workers, 101, got 100`],
  [
    { "services.queryApi.host": "queries.example.org" },
    "services.queryApi.host: must be in cloudflare.zone 'example.com', got 'queries.example.org'",
  ],
  [
    { "services.queryApi.host": "badexample.com" },
    "services.queryApi.host: must be in cloudflare.zone 'example.com', got 'badexample.com'",
  ],
  [
    { "services.commandApi.host": "a.example.org", "architecture.writeSide.commandApi.loadBalancer": "cloudflare" },
    "services.commandApi.host: must be in cloudflare.zone 'example.com', got 'a.example.org'",
  ],
  [
    { "services.queryApi.secrets": secrets(60, 50) },
    "services.{queryApi,projections}: must name fewer or shorter secrets: 60 take 7500 characters of a role's policy, each its name and 75, and 6600 is the most",
  ],
  [
    { cloudflare: undefined },
    "cloudflare: is missing, must be given with loadBalancer 'cloudflare' of architecture.readSide.queryApi",
  ],
])("%j is refused", (changes, line) => {
  expect(linesOf(changes)).toEqual([`production.${line}`]);
});

test.each<[what: string, changes: Readonly<Record<string, unknown>>]>([
  ["as many secrets as a role's policy has room for", { "services.queryApi.secrets": secrets(51, 50) }],
  ["as many instances at most as at least", { [MAX]: { maxInstances: 5, cpuPercent: 70 } }],
  [
    "an autoscaling that is switched off",
    { [MAX]: { maxInstances: 4, cpuPercent: 70 }, "architecture.writeSide.commandProcessors.scaling": "fixed" },
  ],
  ["a partition for each worker", { [PARTITIONS]: 5 }],
  ["10000 partitions", { [`${PROJECTIONS}.workers`]: 100, [`${PROJECTIONS}.parallelism`]: 100 }],
  [
    "partitions that are counted by hand",
    { [`${PROJECTIONS}.workers`]: 1000, [`${PROJECTIONS}.parallelism`]: 1000, [PARTITIONS]: 1000 },
  ],
  ["the zone itself as host", { "services.queryApi.host": "example.com" }],
  [
    "a host outside the zone that Cloudflare is not in front of",
    { "services.commandApi.host": "commands.example.org" },
  ],
  ["no zone where nothing needs it", { cloudflare: undefined, "architecture.readSide.queryApi.loadBalancer": "nginx" }],
  ["no services at all", { services: undefined, cloudflare: undefined }],
  ["what only Terraform knows", { "services.queryApi.host": Token.asString({ Ref: "host" }) }],
  ["a zone that only Terraform knows", { "cloudflare.zone": Token.asString({ Ref: "zone" }) }],
])("%s is taken", (_, changes) => {
  expect(linesOf(changes)).toEqual([]);
});

test.each<[what: string, changes: Readonly<Record<string, unknown>>]>([
  ["autoscaling", { [MAX]: { maxInstances: 4 } }],
  ["instances", { [MAX]: { maxInstances: 4, cpuPercent: 70 }, [INSTANCES]: "5" }],
  ["partitions", { [PARTITIONS]: 0 }],
  ["workers", { [PARTITIONS]: 4, [`${PROJECTIONS}.workers`]: null }],
  ["a zone", { "cloudflare.zone": "example" }],
  ["a host", { "services.queryApi.host": 1 }],
  ["whole parts", { architecture: "a", infrastructure: null, services: 1, cloudflare: [] }],
])("%s, wrong in itself, is said elsewhere", (_, changes) => {
  expect(linesOf(changes)).toEqual([]);
});
