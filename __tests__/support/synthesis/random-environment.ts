import { production } from "../../../environments/production";
import type { DeepPartial } from "../../../lib/config/deep-partial";
import { type Environment, environmentProblems, environmentRules } from "../../../lib/config/environment";
import { DEFAULT_KUBERNETES_VERSION } from "../../../lib/config/kubernetes";
import { isPlainObject } from "../../../lib/core/plain-object";
import { type Rule, shape } from "../../../lib/core/rules";
import { randomNumbers } from "../test-run/random-numbers";

/** An environment of which the keys before the one that is chosen are there. */
type Draft = DeepPartial<Environment>;
/** Values for a key, of which one is chosen. An optional key with a list is left out half of the time, and where undefined is chosen. */
type Choices = readonly unknown[] | ((draft: Draft) => readonly unknown[]);

const BOOLEANS = [true, false];
const SECRET = ["orders/a-secret"];
const DAYS = ["1 day", "30 days", "365 days"];

const regionOf = (draft: Draft): string => String(draft.region);
const partitionOf = (draft: Draft): string => (regionOf(draft).startsWith("us-gov") ? "aws-us-gov" : "aws");
const arn = (draft: Draft, service: string, rest: string) =>
  `arn:${partitionOf(draft)}:${service}:${regionOf(draft)}:111122223333:${rest}`;

const secondRegionOf = (draft: Draft) => (partitionOf(draft) === "aws" ? "eu-west-1" : "us-gov-east-1");

const prefixed = (prefix: string, choices: Readonly<Record<string, Choices>>): Readonly<Record<string, Choices>> =>
  Object.fromEntries(Object.entries(choices).map(([key, values]) => [`${prefix}.${key}`, values]));

const RESOURCES = {
  "resources.requests.cpu": ["100m", "1"],
  "resources.requests.memory": ["64Mi", "1Gi"],
  "resources.limits.memory": ["1Gi", "2Gi"],
};
const CONTAINER = {
  ...RESOURCES,
  variables: [{}, { LOG_LEVEL: "debug" }],
  secrets: [{}, { API_TOKEN: "orders/api-token" }],
};
const IMAGE = ["ghcr.io/acme/service:1.4.2"];
const API = {
  ...CONTAINER,
  "images.blue": IMAGE,
  "images.green": IMAGE,
  active: ["blue", "green"],
  idle: [0, 2, 5],
  certificate: SECRET,
  "limits.bodyMib": [1, 10],
  "limits.requestsPerSecond": [1, 100],
};
/** A node with twice and one with four times as many GiB as cores would be of other families. */
const MEMORY: Readonly<Record<string, readonly string[]>> = { "2 cores": ["8GB"], "4 cores": ["16GB", "32GB"] };
const clusterOf = (side: "write" | "read") =>
  prefixed(`infrastructure.${side}Cluster`, {
    type: ["kubernetes"],
    nodes: [3, 12, 40],
    "resources.cpu": Object.keys(MEMORY),
    "resources.memory": ({ infrastructure }) =>
      MEMORY[String(infrastructure?.[`${side}Cluster`]?.resources?.cpu)] ?? [],
    "resources.storage": ["SSD 100GB", "SSD 1TB"],
  });
const instanceTypes = ({ kubernetes }: Draft) => [
  undefined,
  kubernetes?.instructionSet === "arm64" ? "m7g.4xlarge" : "m7i.4xlarge",
];
const OBJECTIVE = { percent: [99, 99.9], seconds: [0.1, 1], fastPercent: [90, 99] };

/** Values by their path, such that the environments are valid. Of a map or a list, the values are whole ones. */
const CHOICES: Readonly<Record<string, Choices>> = {
  region: ["eu-central-1", "us-east-1", "ap-northeast-1", "us-gov-west-1"],
  account: ["111122223333"],
  ...clusterOf("write"),
  ...clusterOf("read"),
  ...prefixed("infrastructure.eventStore", {
    type: ["managed"],
    provider: ["EventStore Cloud", "Kurrent Cloud"],
    size: ["development", "staging", "production", "production-large"],
    "backup.frequency": ["hourly", "daily"],
    "backup.retention": DAYS,
  }),
  ...prefixed("infrastructure.monitoring", { prometheus: BOOLEANS, grafana: BOOLEANS, elasticStack: BOOLEANS }),
  ...prefixed("architecture.writeSide", {
    "commandApi.instances": [1, 3],
    "commandApi.loadBalancer": ["nginx", "both", "cloudflare"],
    "commandApi.healthCheck": ["/health"],
    "eventStore.type": ["EventStore", "KurrentDB"],
    "eventStore.clusterSize": ({ infrastructure }) => [infrastructure?.eventStore?.size === "development" ? 1 : 3],
    "eventStore.replication": ({ architecture }) => [
      architecture?.writeSide?.eventStore?.clusterSize === 1 ? "none" : "synchronous",
    ],
    "commandProcessors.instances": [1, 5],
    "commandProcessors.scaling": ["auto", "fixed"],
  }),
  ...prefixed("architecture.readSide", {
    "queryApi.instances": [1, 10],
    "queryApi.loadBalancer": ["nginx", "both", "cloudflare"],
    "queryApi.cache": ({ architecture }) =>
      architecture?.readSide?.queryApi?.loadBalancer === "nginx" ? ["none"] : ["edge", "none"],
    "readDatabases.primary.type": ["PostgreSQL"],
    "readDatabases.primary.replicas": [0, 3],
    "readDatabases.cache.type": ["Redis"],
    "readDatabases.cache.cluster": BOOLEANS,
    "projections.workers": [1, 5],
    "projections.parallelism": [1, 10],
  }),
  ...prefixed("network", {
    cidr: ["10.0.0.0/16"],
    eventStoreCidr: ["10.1.0.0/22"],
    serviceCidr: ["172.20.0.0/16", "10.96.0.0/16"],
    availabilityZones: (draft) => {
      const zones = (...letters: string[]) => letters.map((letter) => `${regionOf(draft)}${letter}`);
      return regionOf(draft) === "ap-northeast-1" ? [zones("a", "c", "d")] : [undefined, zones("a", "b", "c")];
    },
    natGateways: ["per-zone", "single"],
  }),
  administrators: (draft) => [{ deployer: `arn:${partitionOf(draft)}:iam::111122223333:role/deployer` }],
  "apiAccess.cidrs": [["203.0.113.0/24"]],
  ...prefixed("kubernetes", {
    version: ["1.34", "1.35", "1.36"],
    instructionSet: ["x86_64", "arm64"],
    nodeImage: ({ kubernetes }) => ["newest", `${kubernetes?.version ?? DEFAULT_KUBERNETES_VERSION}.2-20261120`],
    "instanceTypes.write": instanceTypes,
    "instanceTypes.read": instanceTypes,
    "spareNodes.write": [0, 2],
    "spareNodes.read": [0, 2],
    "addonVersions.vpc-cni": ["v1.20.0-eksbuild.1"],
    "addonVersions.kube-proxy": ["v1.35.0-eksbuild.1"],
    "addonVersions.eks-pod-identity-agent": ["v1.3.8-eksbuild.2"],
    "addonVersions.coredns": ["v1.12.4-eksbuild.1"],
    "addonVersions.aws-ebs-csi-driver": ["v1.60.0-eksbuild.1"],
    "addonVersions.eks-node-monitoring-agent": ["v1.5.0-eksbuild.1"],
  }),
  ...prefixed("readStore", {
    "database.cpu": ["4 cores"],
    "database.memory": ["16GB", "32GB"],
    "database.storage": ["SSD 100GB", "SSD 1TB"],
    instanceClass: ["db.m7g.4xlarge"],
    "cache.nodeType": ["cache.r7g.large", "cache.t4g.small"],
    "cache.shards": ({ architecture }) => (architecture?.readSide?.readDatabases?.cache?.cluster ? [1, 4] : [1]),
    "cache.replicasPerShard": [1, 2],
    "versions.postgres": ["16", "17", "18"],
    "versions.valkey": ["8", "9.1"],
    passwordVersion: [1, 2],
  }),
  ...prefixed("services.commandApi", { ...API, host: ["commands.example.com"] }),
  ...prefixed("services.commandProcessors", {
    ...CONTAINER,
    image: IMAGE,
    autoscaling: ({ infrastructure }) => [
      undefined,
      { maxInstances: 10, cpuPercent: 60 },
      ...(infrastructure?.monitoring?.prometheus ? [{ maxInstances: 10, query: "sum(depth)", perInstance: 5 }] : []),
    ],
  }),
  ...prefixed("services.queryApi", { ...API, host: ["queries.example.com"] }),
  ...prefixed("services.projections", { ...CONTAINER, image: IMAGE, partitions: [5, 100] }),
  ...prefixed("auth", {
    issuer: ["https://auth.example.com/"],
    audience: ["orders"],
    publicKey: [production.auth?.publicKey],
    tokenType: ["at+jwt"],
    commandPermissions: [{ CreateOrder: ["user"] }, { CreateOrder: ["user", "admin"], CancelOrder: ["admin"] }],
    queryPermissions: [{ GetOrder: ["user"] }],
  }),
  ...prefixed("cloudflare", {
    accountId: ["00000000000000000000000000000001"],
    zoneId: ["00000000000000000000000000000002"],
    zone: ["example.com"],
    originPullCa: SECRET,
    cacheable: [
      [],
      [
        { path: "/catalogue/*", seconds: 30 },
        { path: "/prices", seconds: 5, evenAuthorized: true },
      ],
    ],
  }),
  ...prefixed("monitoring", {
    "prometheus.retention": DAYS,
    "prometheus.storage": ["SSD 50GB", "SSD 1TB"],
    "prometheus.replicas": [1, 2, 3],
    ...prefixed("prometheus", RESOURCES),
    ...prefixed("objectives.commands", OBJECTIVE),
    ...prefixed("objectives.queries", OBJECTIVE),
    "objectives.commandTypes": [{}, { CreateOrder: { percent: 99.5, seconds: 2.5, fastPercent: 95 } }],
    "objectives.queryTypes": [{}, { GetOrder: { percent: 99.5, seconds: 0.1, fastPercent: 95 } }],
    "alerting.receivers": [
      { team: { slack: { channel: "#orders", webhook: "orders/slack" } } },
      { team: { pagerDuty: { routingKey: "orders/pagerduty" } } },
      { team: { webhook: { url: "https://alerts.example.com/hook" } } },
      {
        team: {
          email: {
            ...{ to: ["orders@example.com"], from: "alerts@example.com", smarthost: "smtp.example.com:587" },
            ...{ username: "alerts", password: "orders/smtp" },
          },
        },
      },
    ],
    "alerting.critical": [["team"]],
    "alerting.warning": [["team"]],
    "alerting.repeatHours.critical": [1, 4],
    "alerting.repeatHours.warning": [12, 24],
    "alerting.deadMansSwitch.url": ["https://heartbeat.example.com/orders"],
    "alerting.deadMansSwitch.token": SECRET,
    "alerting.deadMansSwitch.everyMinutes": [1, 5],
    "grafana.passwordVersion": [1, 2],
    "grafana.url": ["https://grafana.example.com"],
    ...prefixed("grafana.singleSignOn", {
      clientId: ["grafana"],
      clientSecret: SECRET,
      authUrl: ["https://auth.example.com/authorize"],
      tokenUrl: ["https://auth.example.com/token"],
      apiUrl: ["https://auth.example.com/userinfo"],
      scopes: [["openid", "email"]],
      allowedDomains: [["example.com"]],
      roleAttributePath: ["'Viewer'"],
    }),
    "logs.retention": DAYS,
    "logs.storage": ["SSD 50GB", "SSD 1TB"],
    "logs.memory": ["2GB", "8GB"],
    "logs.certificateAuthority": ["orders/logs-ca"],
    "logs.passwordVersion": [1, 2],
    "logs.snapshots.retention": DAYS,
    "remoteWrite.certificate": SECRET,
    "remoteWrite.certificateAuthority": SECRET,
    "remoteWrite.passwordVersion": [1, 2],
    eventStoreCredentials: ["orders/event-store-metrics"],
    runbooks: ["https://wiki.example.com/runbooks"],
    hourlyPrices: [{}, { "m7i.xlarge": 0.2 }],
  }),
  ...prefixed("recovery", {
    secondRegion: (draft) => [undefined, secondRegionOf(draft)],
    "vaultLock.mode": ["governance", "compliance"],
    "vaultLock.changeableForDays": ({ recovery }) => [recovery?.vaultLock?.mode === "compliance" ? 3 : undefined],
    "vaultLock.minRetentionDays": [1],
    "vaultLock.maxRetentionDays": [365, 36_500],
    "objectLock.mode": ["governance", "compliance"],
    "objectLock.days": [1, 9],
    restoreTests: ["daily", "weekly", "monthly", "never"],
    failureTopic: (draft) => [undefined, arn(draft, "sns", "failures")],
    "jobs.image": IMAGE,
    ...prefixed("jobs", RESOURCES),
    "jobs.variables": [{}, { LOG_LEVEL: "debug" }],
    "jobs.formerKeys": (draft) => [undefined, [arn(draft, "kms", "key/mrk-1")]],
    "jobs.subjectKeys.secret": (draft) => [arn(draft, "secretsmanager", "secret:orders/subject-keys-AbCdEf")],
    "jobs.subjectKeys.ranges": [["10.2.0.0/24"]],
    "jobs.subjectKeys.port": [5432, 6432],
  }),
  ...prefixed("state", {
    bucket: ["acme-terraform-state"],
    keyArn: (draft) => [undefined, draft.state?.bucket && arn(draft, "kms", "key/1")],
    existing: ({ state }) => [undefined, false, state?.bucket !== undefined],
    region: ({ region, state }) => [undefined, state?.existing ? region : undefined],
    secondRegion: (draft) => [undefined, draft.state?.existing ? undefined : secondRegionOf(draft)],
  }),
  "accessLogs.retention": ["1 day", "3650 days"],
  ...prefixed("providerVersions", {
    aws: ["~> 6.25"],
    cloudflare: ["~> 5.14"],
    helm: ["~> 3.1"],
    kubernetes: ["~> 2.38"],
    kurrentcloud: ["~> 3.1"],
  }),
  tags: [{}, { Team: "orders" }],
  deletionProtection: BOOLEANS,
};

/** Whether an object of keys is there, where others decide it. */
const PRESENCE: Readonly<Record<string, (draft: Draft, isChosen: boolean) => boolean>> = {
  auth: ({ services }, isChosen) => services !== undefined || isChosen,
  cloudflare: ({ services }, isChosen) => services !== undefined || isChosen,
  "monitoring.grafana.singleSignOn": ({ monitoring }, isChosen) => monitoring?.grafana?.url !== undefined && isChosen,
};

/** How often an environment may be invalid by what its keys have to do with each other, before that is an error of the table. */
const MOST_TRIES = 50;

/** A valid environment, the same for the same seed. An optional key is there half of the time, and three times of four if it has keys itself. */
export function randomEnvironment(seed: number): Environment {
  const random = randomNumbers(seed);
  const refusals = new Set<string>();
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const draft: Record<string, unknown> = {};
    fill(draft, shape(environmentRules(undefined)), "", draft, random);
    const problems = environmentProblems("random", draft);
    if (problems.length === 0) return draft as unknown as Environment;
    for (const { path, message } of problems) refusals.add(`${path}: ${message}`);
  }
  throw new Error(`${MOST_TRIES} environments of seed ${seed} were refused:\n${[...refusals].join("\n")}`);
}

function fill(object: Record<string, unknown>, { below }: Rule, path: string, draft: Draft, random: () => number) {
  if (below === undefined || !("keys" in below)) throw new Error(`${path}: CHOICES must have values for it`);
  for (const [key, rule] of Object.entries(below.keys)) {
    const at = path === "" ? key : `${path}.${key}`;
    const choices = CHOICES[at];
    const isChosen = random() < (choices === undefined ? 0.75 : 0.5);
    if (typeof choices === "function") {
      const value = oneOf(choices(draft), random);
      if (value !== undefined) object[key] = value;
    } else if (!rule.isOptional || (PRESENCE[at]?.(draft, isChosen) ?? isChosen)) {
      const inner: Record<string, unknown> = {};
      object[key] = choices === undefined ? inner : oneOf(choices, random);
      if (choices === undefined) fill(inner, rule, at, draft, random);
    }
  }
}

const oneOf = (values: readonly unknown[], random: () => number): unknown =>
  values[Math.floor(random() * values.length)];

/** The paths of all keys that the rules know of an environment, down to values, maps and lists. */
export const knownPaths = ({ below }: Rule, path = ""): readonly string[] =>
  below === undefined || !("keys" in below)
    ? [path]
    : Object.entries(below.keys).flatMap(([key, rule]) => knownPaths(rule, path === "" ? key : `${path}.${key}`));

/** Those of them that a value has. */
export const givenPaths = (value: unknown, { below }: Rule, path = ""): readonly string[] =>
  below === undefined || !("keys" in below) || !isPlainObject(value)
    ? [path]
    : Object.entries(below.keys)
        .filter(([key]) => value[key] !== undefined)
        .flatMap(([key, rule]) => givenPaths(value[key], rule, path === "" ? key : `${path}.${key}`));

/** The same with every key that the rules know and that is not there set to undefined, and one more in every map. */
export function withUndefinedKeys(value: unknown, { below }: Rule): unknown {
  if (below === undefined) return value;
  if (Array.isArray(value)) return "each" in below ? value.map((each) => withUndefinedKeys(each, below.each)) : value;
  if (!isPlainObject(value)) return value;
  if ("keys" in below) {
    const entries = Object.entries(below.keys).map(([key, rule]) => [key, withUndefinedKeys(value[key], rule)]);
    return Object.fromEntries(entries);
  }
  const entries = Object.entries(value).map(([key, each]) => [key, withUndefinedKeys(each, below.each)]);
  return { ...Object.fromEntries(entries), Left_out: undefined };
}
