import type { TerraformStack } from "cdktf";
import { Token } from "cdktf";
import { Projections, type ProjectionsProps } from "../../lib/workloads/projections";
import { QueryApi, type QueryApiProps } from "../../lib/workloads/query-api";
import { statementsOf } from "../support/synthesis/policies";
import { auth, eventStore, placeIn, readModels } from "../support/synthesis/services";
import {
  type Arguments,
  resourceOf,
  resourcesOf,
  synthesizeStack,
  type TerraformJson,
} from "../support/synthesis/synthesized";

const queryApi =
  (props: Partial<QueryApiProps> = {}) =>
  (stack: TerraformStack) =>
    void new QueryApi(stack, "Api", {
      ...placeIn(stack),
      images: { blue: "ghcr.io/acme/query-api:2.0.7", green: "ghcr.io/acme/query-api:2.0.6" },
      active: "blue",
      instances: 10,
      auth,
      readModels,
      ...props,
    });
const projections =
  (props: Partial<ProjectionsProps> = {}) =>
  (stack: TerraformStack) =>
    void new Projections(stack, "Workers", {
      ...placeIn(stack),
      image: "ghcr.io/acme/projections:3.1.0",
      workers: 5,
      parallelism: 10,
      eventStore,
      readModels,
      ...props,
    });
const variablesOf = (tf: TerraformJson, name: string) =>
  resourcesOf(tf, "kubernetes_config_map_v1").find(({ metadata }) =>
    String((metadata as Arguments).name).startsWith(`${name}-variables-`),
  )?.data as Readonly<Record<string, string>>;
const without = { ...readModels, database: { ...readModels.database, replicaAddresses: [], replicaResourceIds: [] } };
const DBUSER = "arn:PARTITION:rds-db:eu-central-1:ACCOUNT:dbuser:";
const CACHE = {
  Effect: "Allow",
  Action: "elasticache:Connect",
  Resource: [readModels.cache.replicationGroupArn, readModels.cache.userArn],
};
const connect = (...users: readonly string[]) => ({
  Effect: "Allow",
  Action: "rds-db:connect",
  Resource: users.map((user) => `${DBUSER}${user}`),
});

test.each<[string, string, ReturnType<typeof queryApi>]>([
  ["query API", "kubernetes_deployment_v1", queryApi()],
  ["projections", "kubernetes_stateful_set_v1", projections()],
])("pods of the %s wait for the add-ons, while their role takes effect", (_, type, build) => {
  const pods = resourcesOf(synthesizeStack(build), type);
  expect(pods.length).toBeGreaterThan(0);
  for (const { depends_on } of pods) {
    expect(depends_on).toEqual(
      expect.arrayContaining(["terraform_data.store", expect.stringMatching(/^aws_eks_pod_identity_association\./)]),
    );
  }
});

describe("the query API", () => {
  test("reads from the replicas and the cache", () => {
    expect(variablesOf(synthesizeStack(queryApi()), "query-api")).toMatchObject({
      DATABASE_HOSTS: "replica1.example.com,replica2.example.com",
      DATABASE_PORT: "5432",
      DATABASE_NAME: "read_models",
      DATABASE_USER: "query_api",
      CACHE_HOST: "cache.example.com",
      CACHE_PORT: "6379",
      CACHE_USER: "orders-app",
      CACHE_KEY_PREFIX: "app:",
    });
  });

  test("reads from the primary where it is alone", () => {
    const tf = synthesizeStack(queryApi({ readModels: without }));
    expect(variablesOf(tf, "query-api").DATABASE_HOSTS).toBe("primary.example.com");
    expect(statementsOf(tf)).toEqual([connect("db-PRIMARY/query_api"), CACHE]);
  });

  test("may sign in at the replicas and the cache, and do nothing else at AWS", () => {
    expect(statementsOf(synthesizeStack(queryApi()))).toEqual([
      connect("db-REPLICA1/query_api", "db-REPLICA2/query_api"),
      CACHE,
    ]);
  });

  test("is told of the replicas' own host name where the cache has one", () => {
    const cache = { ...readModels.cache, readerEndpoint: "reader.example.com" };
    const named = synthesizeStack(queryApi({ readModels: { ...readModels, cache } }));
    expect(variablesOf(named, "query-api").CACHE_READER_HOST).toBe("reader.example.com");
    expect(variablesOf(synthesizeStack(queryApi()), "query-api")).not.toHaveProperty("CACHE_READER_HOST");
  });

  test("has its role before its pods, which would never get it later", () => {
    const tf = synthesizeStack(queryApi());
    const [identity = ""] = Object.keys(tf.resource?.aws_eks_pod_identity_association ?? {});
    for (const { depends_on } of resourcesOf(tf, "kubernetes_deployment_v1")) {
      expect(depends_on).toContainEqual(`aws_eks_pod_identity_association.${identity}`);
    }
    expect(resourceOf(tf, "aws_eks_pod_identity_association")).toMatchObject({
      cluster_name: "orders-cluster",
      namespace: "queries",
      service_account: "query-api",
    });
  });
});

describe("projections", () => {
  test("write to the primary, as a user of their own", () => {
    const tf = synthesizeStack(projections());
    expect(variablesOf(tf, "projections")).toMatchObject({
      DATABASE_HOSTS: "primary.example.com",
      DATABASE_USER: "projections",
    });
    expect(statementsOf(tf)).toEqual([connect("db-PRIMARY/projections"), CACHE]);
  });

  test("are pods with ordinals, each started again by itself, updated one by one", () => {
    expect(resourceOf(synthesizeStack(projections()), "kubernetes_stateful_set_v1").spec).toMatchObject({
      replicas: "5",
      service_name: expect.stringContaining("kubernetes_service_v1."),
      pod_management_policy: "Parallel",
      update_strategy: [{ type: "RollingUpdate", rolling_update: [{ partition: 0 }] }],
    });
  });

  test("know their number by their ordinal", () => {
    const { spec } = resourceOf(synthesizeStack(projections()), "kubernetes_stateful_set_v1");
    const [container] = (spec as { template: { spec: { container: [Arguments] } } }).template.spec.container;
    expect(container.env).toEqual([
      {
        name: "PROJECTION_INDEX",
        value_from: { field_ref: { field_path: "metadata.labels['apps.kubernetes.io/pod-index']" } },
      },
    ]);
  });

  test.each([
    [5, 10, undefined],
    [4, 10, undefined],
    [1, 1, undefined],
    [3, 2, 7],
    [7, 1, 7],
    [100, 1, undefined],
  ])("%i workers with parallelism %i and %s partitions own each partition once", (workers, parallelism, partitions) => {
    const tf = synthesizeStack(projections({ workers, parallelism, partitions }));
    const variables = variablesOf(tf, "projections");
    const { replicas } = resourceOf(tf, "kubernetes_stateful_set_v1").spec as { replicas: string };
    const indexes = Array.from({ length: Number(replicas) }, (_, index) => index);
    const all = Array.from({ length: Number(variables.PROJECTION_PARTITIONS) }, (_, partition) => partition);
    const owners = all.map((partition) =>
      indexes.filter((index) => partition % Number(variables.PROJECTION_WORKERS) === index),
    );
    expect(owners.every((each) => each.length === 1)).toBe(true);
    expect(new Set(owners.flat()).size).toBe(workers);
    expect(variables.PROJECTION_PARALLELISM).toBe(`${parallelism}`);
  });

  test("keep their partitions when workers come and go", () => {
    const partitions = [5, 6, 3].map(
      (workers) => variablesOf(synthesizeStack(projections({ workers })), "projections").PROJECTION_PARTITIONS,
    );
    expect(partitions).toEqual(["100", "100", "100"]);
  });

  test.each<[props: object, line: string]>([
    [{ partitions: 4 }, ".partitions: must be at least workers, 5, got 4"],
    [{ workers: 101 }, ".partitions: must be at least workers, 101, got 100"],
    [{ parallelism: 0 }, ".parallelism: must be a whole number from 1 to 1000, got 0"],
    [
      { readModels: { ...readModels, ranges: [] } },
      ".readModels.ranges: must be a list of 1 to 100, each a range such as '10.0.12.0/22', got an empty list",
    ],
    [
      { readModels: { ...readModels, ranges: Token.asList({ resolve: () => [] }) } },
      ".readModels.ranges: must be a list of 1 to 100, each a range such as '10.0.12.0/22', known at synth, got a list token",
    ],
    [{ paralellism: 3 }, ".paralellism: is not a key here, did you mean 'parallelism', which is there too?"],
  ])("refuse %j", (props, line) => {
    expect(() => synthesizeStack(projections(props))).toThrow(`\n  Test/Workers${line}`);
  });
});
