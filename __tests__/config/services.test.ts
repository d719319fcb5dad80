import { Token } from "cdktf";
import { isServicesConfig, type ServicesConfig } from "../../lib/config/services";

const base: ServicesConfig = {
  commandApi: {
    images: { blue: "ghcr.io/acme/command-api:1.4.2", green: "ghcr.io/acme/command-api:1.5.0" },
    active: "blue",
    host: "commands.example.com",
    certificate: "production/commands-tls",
  },
  commandProcessors: { image: "ghcr.io/acme/command-processors:1.4.2" },
  queryApi: {
    images: { blue: "ghcr.io/acme/query-api:1.4.2", green: "ghcr.io/acme/query-api:1.5.0" },
    active: "green",
    idle: 1,
    host: "queries.example.com",
    certificate: "production/queries-tls",
    limits: { bodyMib: 1, requestsPerSecond: 100 },
  },
  projections: { image: "ghcr.io/acme/projections:1.4.2" },
};

type Tree = Record<string, unknown>;

/** The services with one value changed, or taken away. */
function changed(path: string, value: unknown): unknown {
  const copy = structuredClone(base) as unknown as Tree;
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  const parent = keys.reduce((at, key) => {
    at[key] ??= {};
    return at[key] as Tree;
  }, copy);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

const linesOf = (services: unknown): string[] =>
  isServicesConfig.problemsOf(services, "services").map(({ path, message }) => `${path}: ${message}`);

const IMAGE =
  "must be an image with its registry and a tag other than 'latest' or a digest, such as 'ghcr.io/acme/command-api:1.4.2'";
const HOST = "must be a host name in lower case such as 'commands.example.com'";
const SECRET = "must be the name of a secret, at most 505 letters, digits and /_+=.@-";
const DELAY = "must be whole milliseconds from '0' to '60000'";
const VARIABLE =
  "must be named by at most 253 capital letters, digits and '_', no digit first, and not as ours, which begin with 'AUTH_', 'AWS_' or 'PROJECTION_'";
const CPU = "must be thousandths of a core such as '250m', or cores such as '2'";
const MEMORY = "must be a size such as '512Mi' or '2Gi'";
const COLOR = "must be 'blue' or 'green'";
const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

test("services that say no more than they must are sound", () => {
  expect(linesOf(base)).toEqual([]);
});

describe("an image", () => {
  test.each([
    ["without a tag", "ghcr.io/acme/projections"],
    ["of whatever is latest", "ghcr.io/acme/projections:latest"],
    ["without a registry", "projections:1.4.2"],
    ["of Docker Hub, unsaid", "acme/projections:1.4.2"],
    ["of a port without a tag", "registry.example.com:5000/projections"],
    ["with an empty tag", "ghcr.io/acme/projections:"],
    ["with a tag that begins with a dot", "ghcr.io/acme/projections:.1"],
    ["with a tag of 129 characters", `ghcr.io/acme/projections:${"1".repeat(129)}`],
    ["with a capital in its name", "ghcr.io/Acme/projections:1.4.2"],
    ["with two dots in a row", "ghcr.io/acme/pro..jections:1.4.2"],
    ["with an empty folder", "ghcr.io//projections:1.4.2"],
    ["with a scheme", "https://ghcr.io/acme/projections:1.4.2"],
    ["with a short digest", "ghcr.io/acme/projections@sha256:0123"],
    ["with a space", "ghcr.io/acme/projections:1.4.2 "],
    ["with a name of 256 characters", `ghcr.io/${"a".repeat(248)}:1`],
    ["that is a number", 1.4],
  ])("%s is refused", (_, image) => {
    const got = typeof image === "number" ? image : `'${image.length > 60 ? `${image.slice(0, 57)}...` : image}'`;
    expect(linesOf(changed("projections.image", image))).toEqual([`services.projections.image: ${IMAGE}, got ${got}`]);
  });

  test.each([
    "ghcr.io/acme/projections:1.4.2",
    `ghcr.io/acme/projections@${DIGEST}`,
    `ghcr.io/acme/projections:1.4.2@${DIGEST}`,
    "111122223333.dkr.ecr.eu-central-1.amazonaws.com/projections:v1",
    "registry.example.com:5000/a/b/c__d-e.f:latest-1",
    `ghcr.io/acme/projections:latest@${DIGEST}`,
    "registry:5000/projections:1",
    `ghcr.io/acme/projections:${"1".repeat(128)}`,
    `ghcr.io/${"a".repeat(247)}:1`,
    Token.asString({ Ref: "image" }),
  ])("such as %s is taken", (image) => {
    expect(linesOf(changed("projections.image", image))).toEqual([]);
  });
});

test.each<[path: string, value: unknown, message: string]>([
  ["commandApi.images.green", undefined, `is missing, ${IMAGE}`],
  ["commandApi.images.red", "ghcr.io/acme/a:1", "is not a key here, allowed are 'blue' and 'green'"],
  ["commandApi.active", "red", `${COLOR}, got 'red'`],
  ["commandApi.active", undefined, `is missing, ${COLOR}`],
  ["commandApi.active", Token.asString({ Ref: "color" }), `${COLOR}, known at synth, got a token`],
  ["commandApi.idle", "cold", "must be a whole number from 0 to 1000, got 'cold'"],
  ["commandApi.idle", -1, "must be a whole number from 0 to 1000, got -1"],
  ["queryApi.idle", 1001, "must be a whole number from 0 to 1000, got 1001"],
  ["commandApi.host", "Commands.example.com", `${HOST}, got 'Commands.example.com'`],
  ["commandApi.host", "commands", `${HOST}, got 'commands'`],
  ["commandApi.host", "*.example.com", `${HOST}, got '*.example.com'`],
  ["commandApi.host", "https://commands.example.com", `${HOST}, got 'https://commands.example.com'`],
  ["commandApi.host", "commands.example.com.", `${HOST}, got 'commands.example.com.'`],
  ["commandApi.host", "192.0.2.1", `${HOST}, got '192.0.2.1'`],
  ["commandApi.host", "-a.example.com", `${HOST}, got '-a.example.com'`],
  ["commandApi.host", `${"a".repeat(64)}.com`, `${HOST}, got '${"a".repeat(57)}...'`],
  ["queryApi.host", "commands.example.com", "must be another than that of commandApi, got 'commands.example.com'"],
  ["commandApi.certificate", "a secret", `${SECRET}, got 'a secret'`],
  ["commandApi.certificate", undefined, `is missing, ${SECRET}`],
  ["queryApi.limits.bodyMib", 0, "must be a whole number from 1 to 100, got 0"],
  ["queryApi.limits.bodyMib", 101, "must be a whole number from 1 to 100, got 101"],
  ["queryApi.limits.bodyMib", "1m", "must be a whole number from 1 to 100, got '1m'"],
  ["queryApi.limits.requestsPerSecond", 0, "must be a whole number from 1 to 10000, got 0"],
  ["queryApi.limits.requestsPerSecond", 10_001, "must be a whole number from 1 to 10000, got 10001"],
  ["queryApi.limits.requestsPerSecond", undefined, "is missing, must be a whole number from 1 to 10000"],
  ["projections.variables.logLevel", "info", `${VARIABLE}, got 'logLevel'`],
  ["projections.variables.1ST", "info", `${VARIABLE}, got '1ST'`],
  ["projections.variables.AUTH_ISSUER", "https://a", `${VARIABLE}, got 'AUTH_ISSUER'`],
  ["projections.variables.PROJECTION_WORKERS", "5", `${VARIABLE}, got 'PROJECTION_WORKERS'`],
  ["projections.variables.DRAIN_DELAY_MS", "8s", `${DELAY}, got '8s'`],
  ["commandApi.variables.DRAIN_DELAY_MS", "60001", `${DELAY}, got '60001'`],
  ["queryApi.variables.DRAIN_DELAY_MS", "3e3", `${DELAY}, got '3e3'`],
  ["queryApi.variables.DRAIN_DELAY_MS", Token.asString({ Ref: "delay" }), `${DELAY}, known at synth, got a token`],
  ["projections.variables.PORT", 8080, "must be a text of at most 32768 bytes, got 8080"],
  ["projections.secrets.AUTH_TOKEN", "a", `${VARIABLE}, got 'AUTH_TOKEN'`],
  ["projections.secrets.TOKEN", "a b", `${SECRET}, got 'a b'`],
  ["projections.secrets.TOKEN", "a".repeat(506), `${SECRET}, got '${"a".repeat(57)}...'`],
  ["projections.partitions", 0, "must be a whole number from 1 to 10000, got 0"],
  ["projections.partitions", 10_001, "must be a whole number from 1 to 10000, got 10001"],
  [
    "projections.workers",
    5,
    "is not a key here, allowed are 'resources', 'variables', 'secrets', 'image' and 'partitions'",
  ],
])("%s = %j is refused, and nothing else is", (path, value, message) => {
  expect(linesOf(changed(path, value))).toEqual([`services.${path}: ${message}`]);
});

test.each<[autoscaling: unknown, line: string]>([
  [{ maxInstances: 20 }, ".cpuPercent: is missing, must be a whole number from 10 to 95"],
  [{ maxInstances: 0, cpuPercent: 70 }, ".maxInstances: must be a whole number from 1 to 1000, got 0"],
  [{ maxInstances: 1001, cpuPercent: 70 }, ".maxInstances: must be a whole number from 1 to 1000, got 1001"],
  [{ maxInstances: 20, cpuPercent: 9 }, ".cpuPercent: must be a whole number from 10 to 95, got 9"],
  [{ maxInstances: 20, cpuPercent: 96 }, ".cpuPercent: must be a whole number from 10 to 95, got 96"],
  [{ maxInstances: 20, query: "a" }, ".perInstance: is missing, must be a whole number from 1 to 1000000"],
  [
    { maxInstances: 20, perInstance: 5 },
    ".query: is missing, must be a PromQL expression of at most 10000 characters that gives one number",
  ],
  [
    { maxInstances: 20, query: " ", perInstance: 5 },
    ".query: must be a PromQL expression of at most 10000 characters that gives one number, got ' '",
  ],
  [{ maxInstances: 20, query: "a", perInstance: 0 }, ".perInstance: must be a whole number from 1 to 1000000, got 0"],
  [
    { maxInstances: 20, query: "a", perInstance: 5, cpuPercent: 70 },
    ".cpuPercent: is not a key here, allowed are 'maxInstances', 'query' and 'perInstance'",
  ],
  ["auto", ": must be an object with 'maxInstances' and 'cpuPercent', got 'auto'"],
])("an autoscaling of %j is refused", (autoscaling, line) => {
  expect(linesOf(changed("commandProcessors.autoscaling", autoscaling))).toEqual([
    `services.commandProcessors.autoscaling${line}`,
  ]);
});

describe("a container's resources", () => {
  const resources = (cpu: unknown, memory: unknown, limit: unknown = memory) =>
    changed("queryApi.resources", { requests: { cpu, memory }, limits: { memory: limit } });

  test.each<[cpu: unknown, memory: unknown, limit: unknown, line: string]>([
    ["0", "1Gi", "1Gi", `requests.cpu: ${CPU}, got '0'`],
    ["0.5", "1Gi", "1Gi", `requests.cpu: ${CPU}, got '0.5'`],
    ["250M", "1Gi", "1Gi", `requests.cpu: ${CPU}, got '250M'`],
    [1, "1Gi", "1Gi", `requests.cpu: ${CPU}, got 1`],
    ["9m", "1Gi", "1Gi", "requests.cpu: must be from '10m' to '64', got '9m'"],
    ["250", "1Gi", "1Gi", "requests.cpu: must be from '10m' to '64', got '250'"],
    ["1", "512M", "1Gi", `requests.memory: ${MEMORY}, got '512M'`],
    ["1", "512MB", "1Gi", `requests.memory: ${MEMORY}, got '512MB'`],
    ["1", "0.5Gi", "1Gi", `requests.memory: ${MEMORY}, got '0.5Gi'`],
    ["1", "31Mi", "1Gi", "requests.memory: must be from '32Mi' to '512Gi', got '31Mi'"],
    ["1", "1Gi", "513Gi", "limits.memory: must be from '32Mi' to '512Gi', got '513Gi'"],
    ["1", "1Gi", "1023Mi", "limits.memory: must be at least what is requested, '1Gi', got '1023Mi'"],
  ])("of %s, %s up to %s are refused", (cpu, memory, limit, line) => {
    expect(linesOf(resources(cpu, memory, limit))).toEqual([`services.queryApi.resources.${line}`]);
  });

  test.each([
    ["10m", "32Mi", "32Mi"],
    ["64", "512Gi", "512Gi"],
    ["1500m", "1Gi", "1024Mi"],
  ])("of %s, %s up to %s are taken", (cpu, memory, limit) => {
    expect(linesOf(resources(cpu, memory, limit))).toEqual([]);
  });

  test("have no limit of CPU", () => {
    const value = { requests: { cpu: "1", memory: "1Gi" }, limits: { memory: "1Gi", cpu: "2" } };
    expect(linesOf(changed("queryApi.resources", value))).toEqual([
      "services.queryApi.resources.limits.cpu: is not a key here, allowed are 'memory'",
    ]);
  });
});

test.each<[path: string, value: unknown]>([
  ["commandApi.host", "a.io"],
  ["commandApi.host", "xn--bcher-kva.example.xn--p1ai"],
  ["commandApi.host", `${"a".repeat(63)}.${"b".repeat(63)}.com`],
  ["commandApi.host", Token.asString({ Ref: "host" })],
  ["commandApi.idle", 0],
  ["commandApi.idle", 1000],
  ["commandApi.limits", { bodyMib: 100, requestsPerSecond: 10_000 }],
  ["projections.variables", { LOG_LEVEL: "info", _A1: "", AUTHORITY: "a", PROJECTIONS: "b" }],
  ["projections.secrets", { TOKEN: "production/events+token=a.b@c-1" }],
  ["projections.secrets", { TOKEN: "a".repeat(505) }],
  ["projections.partitions", 1],
  ["projections.partitions", 10_000],
  ["commandProcessors.autoscaling", { maxInstances: 1000, cpuPercent: 10 }],
  ["commandProcessors.autoscaling", { maxInstances: 1, cpuPercent: 95 }],
  ["commandProcessors.autoscaling", { maxInstances: 20, query: "sum(queue_depth)", perInstance: 1_000_000 }],
])("%s = %j is taken", (path, value) => {
  expect(linesOf(changed(path, value))).toEqual([]);
});

test("one host for both is refused, also where Terraform computes it", () => {
  const host = Token.asString({ resolve: () => "late" });
  expect(linesOf({ ...base, commandApi: { ...base.commandApi, host }, queryApi: { ...base.queryApi, host } })).toEqual([
    "services.queryApi.host: must be another than that of commandApi, got a token",
  ]);
});

test("a variable comes from one place", () => {
  const twice = changed("projections.variables", { LOG_LEVEL: "info", URL: "a" }) as { projections: Tree };
  twice.projections.secrets = { URL: "b" };
  expect(linesOf(twice)).toEqual(["services.projections.secrets.URL: must not be in variables too, got 'URL'"]);
});

test("everything that is wrong is said at once", () => {
  const commandApi = { ...base.commandApi, host: "x", activ: "blue", active: undefined };
  expect(linesOf({ commandApi, queryApi: 1 })).toEqual([
    "services.commandApi.activ: is not a key here, did you mean 'active', which is there too?",
    "services.commandApi.active: is missing, must be 'blue' or 'green'",
    "services.commandApi.host: must be a host name in lower case such as 'commands.example.com', got 'x'",
    "services.commandProcessors: is missing, must be an object with 'image'",
    "services.queryApi: must be an object with 'images', 'active', 'host' and 'certificate', got 1",
    "services.projections: is missing, must be an object with 'image'",
  ]);
});

const OBJECT = "must be an object with 'commandApi', 'commandProcessors', 'queryApi' and 'projections'";

test.each([
  [undefined, `is missing, ${OBJECT}`],
  [null, `${OBJECT}, got null`],
  ["services", `${OBJECT}, got 'services'`],
  [[base], `${OBJECT}, got a list of 1`],
])("%j is no services", (value, message) => {
  expect(linesOf(value)).toEqual([`services: ${message}`]);
});
