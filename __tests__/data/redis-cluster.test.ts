import { TerraformVariable } from "cdktf";
import { RedisCluster, type RedisClusterProps } from "../../lib/data/redis-cluster";
import { secretsIn } from "../support/synthesis/secrets";
import { keys, network } from "../support/synthesis/surroundings";
import { type Arguments, outputsOf, resourceOf, resourcesOf, synthesizeStack } from "../support/synthesis/synthesized";

const base: RedisClusterProps = { name: "orders-cache", network, keys, cluster: true };
const cache = (props: Partial<RedisClusterProps> = {}) =>
  synthesizeStack((stack) => new RedisCluster(stack, "Cache", { ...base, ...props }));
const group = (props: Partial<RedisClusterProps> = {}) => resourceOf(cache(props), "aws_elasticache_replication_group");
const sized = (shards: number, replicasPerShard = 1) => ({
  resources: { nodeType: "cache.m7g.large", shards, replicasPerShard },
});
const problemOf = (props: Partial<RedisClusterProps>) => {
  try {
    cache(props);
  } catch (error) {
    return (error as Error).message;
  }
};
const problem = (path: string, message: string) =>
  `1 problem in the configuration, nothing was synthesized:\n  Test/Cache${path}: ${message}`;

test.each<[string, Arguments]>([
  ["is encrypted at rest with our key", { at_rest_encryption_enabled: "true", kms_key_id: keys.cache }],
  ["speaks TLS alone", { transit_encryption_enabled: true, transit_encryption_mode: "required" }],
  ["fails over by itself to another zone", { automatic_failover_enabled: true, multi_az_enabled: true }],
  ["is Valkey", { engine: "valkey", engine_version: "8.2" }],
  ["keeps daily snapshots for 30 days", { snapshot_retention_limit: 30, snapshot_window: "03:00-04:00" }],
  ["is changed in its maintenance window", { apply_immediately: false, auto_minor_version_upgrade: "true" }],
  ["leaves its minor version to ElastiCache", { lifecycle: { ignore_changes: ["engine_version"] } }],
  ["is guarded by Terraform, for ElastiCache can't", { lifecycle: { prevent_destroy: true } }],
  ["spreads its keys over three shards", { cluster_mode: "enabled", num_node_groups: 3, replicas_per_node_group: 1 }],
])("%s", (_, args) => {
  expect(group()).toMatchObject(args);
});

test("has one shard and no cluster protocol without cluster mode", () => {
  const tf = cache({ cluster: false });
  expect(resourceOf(tf, "aws_elasticache_replication_group")).toMatchObject({
    cluster_mode: "disabled",
    num_node_groups: 1,
    replicas_per_node_group: 1,
    automatic_failover_enabled: true,
  });
  expect(resourceOf(tf, "aws_elasticache_parameter_group").parameter).toContainEqual({
    name: "cluster-enabled",
    value: "no",
  });
});

test.each([
  ["valkey", "valkey8", true, "orders-cache-valkey8-cluster", "yes"],
  ["redis", "redis7", true, "orders-cache-redis7-cluster", "yes"],
  ["valkey", "valkey8", false, "orders-cache-valkey8-single", "no"],
] as const)("%s has parameters of family %s, cluster mode %p, beside which others can stand", (...row) => {
  const [engine, family, cluster, name, clusterEnabled] = row;
  expect(resourceOf(cache({ engine, cluster }), "aws_elasticache_parameter_group")).toMatchObject({
    name,
    family,
    lifecycle: { create_before_destroy: true },
    parameter: [
      { name: "cluster-enabled", value: clusterEnabled },
      { name: "maxmemory-policy", value: "allkeys-lru" },
      { name: "reserved-memory-percent", value: "25" },
    ],
  });
});

describe("its version", () => {
  const versioned = (props: Partial<RedisClusterProps>) => {
    const tf = cache(props);
    const { engine_version, lifecycle } = resourceOf(tf, "aws_elasticache_replication_group");
    return { engine_version, lifecycle, family: resourceOf(tf, "aws_elasticache_parameter_group").family };
  };

  test.each<[Partial<RedisClusterProps>, string, string]>([
    [{}, "8.2", "valkey8"],
    [{ engineVersion: "8" }, "8.2", "valkey8"],
    [{ engineVersion: "9" }, "9.1", "valkey9"],
    [{ engine: "redis" }, "7.1", "redis7"],
    [{ engine: "redis", engineVersion: "7" }, "7.1", "redis7"],
  ])("%j is a major version: a new cache begins with %s, and ElastiCache moves it", (props, engine_version, family) => {
    expect(versioned(props)).toMatchObject({
      engine_version,
      family,
      lifecycle: { prevent_destroy: true, ignore_changes: ["engine_version"] },
    });
  });

  test.each<[Partial<RedisClusterProps>, string, string]>([
    [{ engineVersion: "8.1" }, "8.1", "valkey8"],
    [{ engineVersion: "9.12" }, "9.12", "valkey9"],
    [{ engine: "redis", engineVersion: "7.0" }, "7.0", "redis7"],
  ])("%j is a minor version: Terraform upgrades to it at once, and ElastiCache leaves it", (props, version, family) => {
    expect(versioned(props)).toEqual({ engine_version: version, family, lifecycle: { prevent_destroy: true } });
    expect(group(props)).toMatchObject({ auto_minor_version_upgrade: "false", apply_immediately: true });
  });

  test("stops a plan whose major version is another than the one that runs, for an upgrade comes first", () => {
    expect(group({ engineVersion: "9" }).lifecycle).toMatchObject({
      postcondition: [
        {
          condition: '${split(".", self.engine_version)[0] == "9"}',
          error_message:
            "Test/Cache.engineVersion: must name the major version of ${self.engine_version}, which runs, got '9'. To upgrade, see docs/drift.md of cdktf-cqrs",
        },
      ],
    });
  });
});

test("has one user, who signs in by IAM and may do nothing dangerous", () => {
  const tf = cache();
  expect(resourcesOf(tf, "aws_elasticache_user")).toEqual([
    expect.objectContaining({
      user_id: "orders-cache-app",
      user_name: "orders-cache-app",
      engine: "valkey",
      access_string: "on ~app:* &* +@all -@dangerous",
      authentication_mode: { type: "iam" },
    }),
  ]);
  expect(resourceOf(tf, "aws_elasticache_user_group").user_ids).toHaveLength(1);
});

test("has a default user for Redis, who is off and may do nothing", () => {
  const tf = cache({ engine: "redis" });
  expect(resourceOf(tf, "aws_elasticache_user", { user_name: "default" })).toMatchObject({
    user_id: "orders-cache-default",
    engine: "redis",
    access_string: "off -@all",
  });
  expect(resourceOf(tf, "aws_elasticache_user_group")).toMatchObject({
    engine: "redis",
    user_ids: [expect.any(String), expect.any(String)],
  });
});

test("holds no password and no token, whatever the engine", () => {
  for (const engine of ["valkey", "redis"] as const) {
    const tf = cache({ engine });
    expect(secretsIn(tf)).toEqual([]);
    expect(resourceOf(tf, "aws_elasticache_replication_group")).not.toHaveProperty("auth_token");
  }
});

test("writes its two logs into groups of ours, kept for a year and encrypted with our key", () => {
  const tf = cache();
  const groups = resourcesOf(tf, "aws_cloudwatch_log_group");
  expect(groups.map((it) => it.name).sort()).toEqual([
    "/aws/elasticache/orders-cache/engine-log",
    "/aws/elasticache/orders-cache/slow-log",
  ]);
  for (const it of groups) expect(it).toMatchObject({ retention_in_days: 365, kms_key_id: keys.logs });
  expect(resourceOf(tf, "aws_elasticache_replication_group").log_delivery_configuration).toEqual(
    ["slow-log", "engine-log"].map((log) => ({
      log_type: log,
      log_format: "json",
      destination_type: "cloudwatch-logs",
      destination: expect.stringMatching(/^\$\{aws_cloudwatch_log_group\.\w+\.name\}$/),
    })),
  );
});

test("ends in a snapshot whose name no later life of it has", () => {
  expect(group().final_snapshot_identifier).toMatch(
    /^orders-cache-final-\$\{substr\(terraform_data\.\w+\.id, 0, 8\)\}$/,
  );
});

test("never counts its nodes, which would conflict with shards", () => {
  for (const cluster of [true, false]) expect(group({ cluster })).not.toHaveProperty("num_cache_clusters");
});

test("is shut until somebody is let in", () => {
  expect(resourcesOf(cache(), "aws_vpc_security_group_ingress_rule")).toEqual([]);
  const tf = synthesizeStack((stack) => new RedisCluster(stack, "Cache", base).allowFrom("Api", "sg-api"));
  expect(resourceOf(tf, "aws_vpc_security_group_ingress_rule")).toMatchObject({
    referenced_security_group_id: "sg-api",
    from_port: 6379,
    to_port: 6379,
  });
});

test("stands in the data subnets", () => {
  expect(resourceOf(cache(), "aws_elasticache_subnet_group").subnet_ids).toEqual(network.dataSubnetIds);
});

test.each([
  [true, /configuration_endpoint_address/, undefined],
  [false, /primary_endpoint_address/, /reader_endpoint_address/],
])("with cluster mode %p gives the endpoint that its clients need", (cluster, endpoint, reader) => {
  let built: RedisCluster | undefined;
  const tf = synthesizeStack((stack) => {
    built = new RedisCluster(stack, "Cache", { ...base, cluster });
    stack.addOverride("output", { endpoint: { value: built.endpoint }, reader: { value: built.readerEndpoint } });
  });
  expect(outputsOf(tf).endpoint).toMatch(endpoint);
  if (reader === undefined) expect(built?.readerEndpoint).toBeUndefined();
  else expect(outputsOf(tf).reader).toMatch(reader);
});

test("without deletion protection, nothing is guarded", () => {
  expect(JSON.stringify(cache({ deletionProtection: false }))).not.toContain('"prevent_destroy":true');
});

test("two fit into one stack", () => {
  const tf = synthesizeStack((stack) => {
    new RedisCluster(stack, "Orders", base);
    new RedisCluster(stack, "Stock", { ...base, name: "stock-cache", cluster: false, engine: "redis" });
  });
  const names = Object.values(tf.resource ?? {})
    .flatMap((byId) => Object.values(byId))
    .flatMap(({ name, user_id, user_group_id, replication_group_id }) => [
      ...(name ? [name] : []),
      ...(user_id ? [`user ${user_id}`] : []),
      ...(user_group_id ? [`group ${user_group_id}`] : []),
      ...(replication_group_id ? [`cache ${replication_group_id}`] : []),
    ]);
  expect(new Set(names).size).toBe(names.length);
});

test.each<[Partial<RedisClusterProps>, string, string]>([
  [{ cluster: false, ...sized(2) }, ".resources.shards", "must be 1 without cluster mode, got 2"],
  [sized(0), ".resources.shards", "must be a whole number from 1 to 45, got 0"],
  [sized(46), ".resources.shards", "must be a whole number from 1 to 45, got 46"],
  [sized(1, 0), ".resources.replicasPerShard", "must be a whole number from 1 to 5, got 0"],
  [sized(1, 6), ".resources.replicasPerShard", "must be a whole number from 1 to 5, got 6"],
  [{ snapshotRetentionDays: 0 }, ".snapshotRetentionDays", "must be a whole number from 1 to 35, got 0"],
  [{ snapshotRetentionDays: 36 }, ".snapshotRetentionDays", "must be a whole number from 1 to 35, got 36"],
  [{ engine: "memcached" as "redis" }, ".engine", "must be 'valkey' or 'redis', got 'memcached'"],
  [{ engineVersion: "8.x" as "8" }, ".engineVersion", "must be a version such as '8', '8.2' or '9.1', got '8.x'"],
  [
    { engineVersion: "7" },
    ".engineVersion",
    "must be '8' or '9', or a minor version such as '9.1', with engine 'valkey', got '7'",
  ],
  [
    { engine: "redis", engineVersion: "8.2" },
    ".engineVersion",
    "must be '7', or a minor version such as '7.1', with engine 'redis', got '8.2'",
  ],
  [
    { snapshotWindow: "03:00-03:59" },
    ".snapshotWindow",
    "must be a daily window such as '02:00-03:00', in UTC, of 60 minutes to 12 hours, got '03:00-03:59'",
  ],
  [
    { snapshotWindow: "05:30-06:30" },
    ".maintenanceWindow",
    "must not overlap snapshotWindow '05:30-06:30', got 'sun:05:00-sun:06:00'",
  ],
  [
    { name: `o${"x".repeat(32)}` },
    ".name",
    `must be lower-case letters, digits and single hyphens, a letter first, at most 32 characters (ElastiCache user), got 'o${"x".repeat(32)}'`,
  ],
])("refuses %j", (props, path, message) => {
  expect(problemOf(props)).toBe(problem(path, message));
});

test.each<Partial<RedisClusterProps>>([
  sized(1),
  sized(45),
  sized(1, 5),
  { cluster: false, ...sized(1) },
  { snapshotRetentionDays: 1 },
  { snapshotRetentionDays: 35 },
  { name: `o${"x".repeat(31)}` },
])("takes %j", (props) => {
  expect(problemOf(props)).toBeUndefined();
});

test("takes a number of shards that Terraform computes, whatever the mode", () => {
  const tf = synthesizeStack((stack) => {
    const shards = new TerraformVariable(stack, "shards", { type: "number" }).numberValue;
    new RedisCluster(stack, "Cache", { ...base, cluster: false, ...sized(shards) });
  });
  expect(resourceOf(tf, "aws_elasticache_replication_group").num_node_groups).toBe("${var.shards}");
});

// ElastiCache refuses the second, but only at apply.
test("two caches of a stack have names of their own", () => {
  const both = () =>
    synthesizeStack((stack) => {
      new RedisCluster(stack, "One", base);
      new RedisCluster(stack, "Two", base);
    });
  expect(both).toThrow(
    `  Test/Two.name: must be another, got '${base.name}', which the ElastiCache replication group at 'Test/One' has`,
  );
});
