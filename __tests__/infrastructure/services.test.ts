import { TerraformStack, Testing } from "cdktf";
import { production } from "../../environments/production";
import { ReadServices, type ReadServicesProps } from "../../lib/infrastructure/read-services";
import { WriteServices, type WriteServicesProps } from "../../lib/infrastructure/write-services";
import { keys } from "../support/synthesis/surroundings";
import { resourcesOf, synthesizeStack } from "../support/synthesis/synthesized";

const { architecture, services, auth } = production;
if (services === undefined || auth === undefined) throw new Error("production has no services");

const common = {
  name: "orders",
  clusterName: "orders",
  region: "eu-central-1",
  version: "1.35",
  keys,
  auth,
  eventStore: { dnsName: "events.example.com", port: 2113, cidr: "10.1.0.0/22", type: "KurrentDB", clusterSize: 3 },
  apiServer: ["10.0.0.0/16", "172.20.0.0/16"],
} as const;
const write: WriteServicesProps = { ...common, architecture: architecture.writeSide, services };
const read: ReadServicesProps = {
  ...common,
  architecture: architecture.readSide,
  services,
  cloudflare: { originPullCa: "orders/origin-pull-ca", cacheable: [{ path: "/catalogue/*", seconds: 30 }] },
  readModels: {
    database: {
      ...{ endpoint: "db.example.com", port: 5432, databaseName: "read_models", resourceId: "db-PRIMARY" },
      ...{ replicaAddresses: ["r1.example.com"], replicaResourceIds: ["db-REPLICA"] },
    },
    cache: {
      ...{ endpoint: "cache.example.com", port: 6379, userName: "app", userArn: "arn:aws:elasticache:::user:app" },
      ...{ keyPrefix: "app:", replicationGroupArn: "arn:aws:elasticache:::replicationgroup:cache" },
    },
    ranges: ["10.0.232.0/24"],
  },
};

const releasesOf = (build: (stack: TerraformStack) => void): string[] =>
  resourcesOf(synthesizeStack(build), "helm_release")
    .map(({ name }) => `${name}`)
    .sort();
const writeReleases = (props: Partial<WriteServicesProps> = {}) =>
  releasesOf((stack) => void new WriteServices(stack, "Services", { ...write, ...props }));
const refusal = (build: (stack: TerraformStack) => void): string => {
  try {
    build(new TerraformStack(Testing.app(), "Test"));
    return "";
  } catch (error) {
    return (error as Error).message;
  }
};

const ALWAYS = [
  "command-api-budget",
  "command-api-certificates",
  "command-api-secrets",
  "command-processors",
  "command-processors-budget",
  "command-processors-secrets",
  "external-secrets",
  "metrics-server",
  "nginx-ingress",
  "secret-store",
];
const QUEUE = { maxInstances: 20, query: "sum(cqrs_command_queue_depth)", perInstance: 100 } as const;
const byQueue = { ...services, commandProcessors: { ...services.commandProcessors, autoscaling: QUEUE } };

test("the write side has what its services need, and nothing that they don't", () => {
  expect(writeReleases()).toEqual(ALWAYS);
});

test("a query that scales brings KEDA and its own object", () => {
  expect(writeReleases({ services: byQueue })).toEqual([...ALWAYS, "command-processors-scaling", "keda"].sort());
});

test("a query brings no KEDA where the number is fixed", () => {
  const fixed = { ...architecture.writeSide, commandProcessors: { instances: 5, scaling: "fixed" } } as const;
  expect(writeReleases({ services: byQueue, architecture: fixed })).toEqual(ALWAYS);
});

test("nodes that come and go bring the cluster autoscaler", () => {
  expect(writeReleases({ clusterAutoscaler: true })).toContain("cluster-autoscaler");
});

test("secrets that no service names may not be read", () => {
  const tf = synthesizeStack((stack) => void new ReadServices(stack, "Services", read));
  const policies = resourcesOf(tf, "aws_iam_role_policy").map(({ policy }) => `${policy}`);
  const names = policies.flatMap((policy) => [...policy.matchAll(/:secret:([^"]+)-\?{6}"/g)].map(([, name]) => name));
  expect(names.sort()).toEqual([
    "orders/origin-pull-ca",
    "production/event-store-projections",
    "production/queries-certificate",
  ]);
});

test("what the edge may keep is NGINX's to say only where the architecture wants an edge", () => {
  const cacheOf = (cache: "edge" | "none") => {
    const props = {
      ...read,
      architecture: { ...read.architecture, queryApi: { ...read.architecture.queryApi, cache } },
    };
    return JSON.stringify(synthesizeStack((stack) => void new ReadServices(stack, "Services", props))).includes(
      "s-maxage",
    );
  };
  expect([cacheOf("edge"), cacheOf("none")]).toEqual([true, false]);
});

test.each<[what: string, build: (stack: TerraformStack) => void, line: string]>([
  [
    "no architecture",
    (stack) => new WriteServices(stack, "Services", { ...write, architecture: undefined as never }),
    "architecture: is missing, must be an architecture with 'commandApi' and 'commandProcessors'",
  ],
  [
    "an image without a tag",
    (stack) =>
      new WriteServices(stack, "Services", {
        ...write,
        services: { ...services, commandProcessors: { image: "ghcr.io/acme/processors" as never } },
      }),
    "services.commandProcessors.image: must be an image with its registry and a tag other than 'latest' or a digest, such as 'ghcr.io/acme/command-api:1.4.2', got 'ghcr.io/acme/processors'",
  ],
  [
    "no read models",
    (stack) => new ReadServices(stack, "Services", { ...read, readModels: {} as never }),
    "readModels.database: is missing, must be a database with 'endpoint', 'port', 'databaseName', 'resourceId', 'replicaAddresses' and 'replicaResourceIds'",
  ],
  [
    "an edge without Cloudflare",
    (stack) =>
      new ReadServices(stack, "Services", {
        ...read,
        architecture: { ...read.architecture, queryApi: { instances: 1, loadBalancer: "nginx", cache: "edge" } },
      }),
    "architecture.queryApi.cache: must be 'none' with loadBalancer 'nginx', got 'edge'",
  ],
])("%s is told with its path", (_, build, line) => {
  expect(refusal(build)).toContain(`\n  Test/Services.${line}`);
});
