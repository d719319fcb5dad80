import { staging } from "../../environments/staging";
import { environmentProblems } from "../../lib/config/environment";
import type { CacheResources } from "../../lib/config/read-store";
import { ReadStoreStack, type ReadStoreStackProps } from "../../stacks/read-store-stack";
import { secretsIn } from "../support/synthesis/secrets";
import { keys, network } from "../support/synthesis/surroundings";
import { outputsOf, resourceOf, resourcesOf, stackOf, synthesizeApp } from "../support/synthesis/synthesized";

const base: ReadStoreStackProps = {
  environment: "production",
  region: "eu-central-1",
  readDatabases: { primary: { type: "PostgreSQL", replicas: 3 }, cache: { type: "Redis", cluster: true } },
  network,
  keys,
  clients: { ReadCluster: "sg-read", WriteCluster: "sg-write" },
};
const readStore = (props: Partial<ReadStoreStackProps> = {}) =>
  stackOf(
    synthesizeApp((app) => new ReadStoreStack(app, { ...base, ...props })),
    `${props.environment ?? base.environment}-read-store`,
  );

test("names its instances and its cache after the environment", () => {
  const tf = readStore();
  expect(resourcesOf(tf, "aws_db_instance").map((it) => it.identifier)).toEqual([
    "production-read-primary",
    "production-read-replica-1",
    "production-read-replica-2",
    "production-read-replica-3",
  ]);
  expect(resourceOf(tf, "aws_elasticache_replication_group").replication_group_id).toBe("production-read-cache");
});

test("has the architecture's replicas and the environment's sizes", () => {
  const tf = readStore({
    readDatabases: { primary: { type: "PostgreSQL", replicas: 1 }, cache: { type: "Redis", cluster: false } },
    readStore: staging.readStore,
  });
  expect(resourcesOf(tf, "aws_db_instance").map((it) => it.instance_class)).toEqual(["db.m8g.large", "db.m8g.large"]);
  expect(resourceOf(tf, "aws_elasticache_replication_group")).toMatchObject({
    node_type: "cache.t4g.small",
    cluster_mode: "disabled",
  });
});

test("gives the master the environment's password version", () => {
  const { secret_string_wo_version } = resourceOf(
    readStore({ readStore: { passwordVersion: 2 } }),
    "aws_secretsmanager_secret_version",
  );
  expect(secret_string_wo_version).toBe(2);
});

test("gives the stores the environment's versions", () => {
  const tf = readStore({ readStore: { versions: { postgres: "18", valkey: "9.1" } } });
  expect(resourceOf(tf, "aws_db_instance", { identifier: "production-read-primary" }).engine_version).toBe("18");
  expect(resourceOf(tf, "aws_elasticache_replication_group").engine_version).toBe("9.1");
});

test.each([
  [undefined, 30],
  ["1 day", 1],
  ["14 days", 14],
  ["35 days", 35],
  ["365 days", 35],
] as const)("kept for %s, both stores keep their own backups for %i days", (retention, days) => {
  const tf = readStore({ retention });
  expect(resourceOf(tf, "aws_db_instance", { identifier: "production-read-primary" }).backup_retention_period).toBe(
    days,
  );
  expect(resourceOf(tf, "aws_elasticache_replication_group").snapshot_retention_limit).toBe(days);
});

test("lets each client into both stores, and nobody else", () => {
  const rules = resourcesOf(readStore(), "aws_vpc_security_group_ingress_rule");
  expect(rules.map((it) => `${it.description}, ${it.referenced_security_group_id}, ${it.from_port}`).sort()).toEqual([
    "From ReadCluster, sg-read, 5432",
    "From ReadCluster, sg-read, 6379",
    "From WriteCluster, sg-write, 5432",
    "From WriteCluster, sg-write, 6379",
  ]);
});

const OUTPUTS = [
  ...["cache_arn", "cache_endpoint", "cache_key_prefix", "cache_port", "cache_security_group_id"],
  ...["cache_user_arn", "cache_user_name", "database_arn", "database_endpoint", "database_name", "database_port"],
  ...["database_replica_addresses", "database_replica_resource_ids", "database_resource_id"],
  ...["database_secret_arn", "database_security_group_id"],
];

test("puts out, described, what the services need", () => {
  const { output = {} } = readStore();
  expect(Object.keys(output).sort()).toEqual(OUTPUTS);
  for (const { description } of Object.values(output)) expect(description).toMatch(/\S/);
});

test("puts out the reader's endpoint too where there is one", () => {
  const { primary } = base.readDatabases;
  const tf = readStore({ readDatabases: { primary, cache: { type: "Redis", cluster: false } } });
  expect(outputsOf(tf).cache_reader_endpoint).toMatch(/reader_endpoint_address/);
});

test("holds no secret", () => {
  expect(secretsIn(readStore())).toEqual([]);
});

test("has names that fit for the longest name of an environment", () => {
  const environment = `e${"x".repeat(19)}`;
  expect(environmentProblems(environment, staging)).toEqual([]);
  expect(() => readStore({ environment })).not.toThrow();
  expect(environmentProblems(`${environment}x`, staging)).toHaveLength(1);
});

test("hands the guard down", () => {
  const tf = readStore({ deletionProtection: false });
  expect(JSON.stringify(tf.resource)).not.toContain('"prevent_destroy":true');
  for (const instance of resourcesOf(tf, "aws_db_instance")) expect(instance.deletion_protection).toBe(false);
});

describe("an environment without cluster mode", () => {
  const problemsWith = (cache: object | undefined) =>
    environmentProblems("staging", { ...staging, readStore: { cache: cache as CacheResources } });
  const node = { nodeType: "cache.t4g.small", replicasPerShard: 1 };

  test("has one shard", () => {
    expect(problemsWith({ ...node, shards: 1 })).toEqual([]);
    expect(problemsWith(undefined)).toEqual([]);
    expect(problemsWith({ ...node, shards: 2 })).toEqual([
      {
        path: "staging.readStore.cache.shards",
        message: "must be 1 without architecture.readSide.readDatabases.cache.cluster, got 2",
      },
    ]);
  });

  test.each([0, 91, 1.5, "2", undefined])("has shards %p called wrong once", (shards) => {
    expect(problemsWith({ ...node, shards })).toHaveLength(1);
  });
});
