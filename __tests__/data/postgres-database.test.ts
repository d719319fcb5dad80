import { TerraformVariable, Token } from "cdktf";
import type { Storage } from "../../lib/config/quantities";
import { PostgresDatabase, type PostgresDatabaseProps } from "../../lib/data/postgres-database";
import { minutesOf } from "../support/runtime/windows";
import { secretsIn } from "../support/synthesis/secrets";
import { keys, network } from "../support/synthesis/surroundings";
import { type Arguments, resourceOf, resourcesOf, synthesizeStack } from "../support/synthesis/synthesized";

const base: PostgresDatabaseProps = { name: "orders", network, keys, replicas: 3 };
const database = (props: Partial<PostgresDatabaseProps> = {}) =>
  synthesizeStack((stack) => new PostgresDatabase(stack, "Database", { ...base, ...props }));
const instances = (props: Partial<PostgresDatabaseProps> = {}) => resourcesOf(database(props), "aws_db_instance");
const primary = (props: Partial<PostgresDatabaseProps> = {}) =>
  resourceOf(database(props), "aws_db_instance", { identifier: "orders-primary" });
const replicas = (props: Partial<PostgresDatabaseProps> = {}) =>
  instances(props).filter((it) => it.identifier !== "orders-primary");
const sized = (storage: Storage) => ({ resources: { cpu: "2 cores", memory: "8GB", storage } as const });
const problemOf = (props: Partial<PostgresDatabaseProps>) => {
  try {
    database(props);
  } catch (error) {
    return (error as Error).message;
  }
};
const problem = (path: string, message: string) =>
  `1 problem in the configuration, nothing was synthesized:\n  Test/Database${path}: ${message}`;

describe("every instance", () => {
  test.each<[string, Arguments]>([
    ["is encrypted", { storage_encrypted: true }],
    ["encrypts its performance data with our key", { performance_insights_kms_key_id: keys.database }],
    ["keeps its performance data for 465 days", { performance_insights_retention_period: 465 }],
    ["has advanced insights", { database_insights_mode: "advanced", performance_insights_enabled: true }],
    ["is no public one", { publicly_accessible: false }],
    ["takes IAM tokens", { iam_database_authentication_enabled: true }],
    ["is protected at RDS", { deletion_protection: true }],
    ["is changed in its maintenance window", { apply_immediately: false, auto_minor_version_upgrade: true }],
    ["is watched once a minute", { monitoring_interval: 60 }],
    ["has the class that holds the default resources", { instance_class: "db.m8g.xlarge" }],
    ["grows to twice its size", { storage_type: "gp3", max_allocated_storage: 1000 }],
    ["has the CA that clients know", { ca_cert_identifier: "rds-ca-rsa2048-g1" }],
    ["gives its tags to its snapshots", { copy_tags_to_snapshot: true }],
    ["exports its logs", { enabled_cloudwatch_logs_exports: ["postgresql", "upgrade", "iam-db-auth-error"] }],
  ])("%s", (_, args) => {
    expect(instances()).toHaveLength(4);
    for (const instance of instances()) expect(instance).toMatchObject(args);
  });

  test("has its log groups before it, kept for a year and encrypted with our key", () => {
    const tf = database({ replicas: 1 });
    const groups = resourcesOf(tf, "aws_cloudwatch_log_group");
    expect(groups.map((group) => group.name).sort()).toEqual(
      ["orders-primary", "orders-replica-1"].flatMap((instance) =>
        ["iam-db-auth-error", "postgresql", "upgrade"].map((log) => `/aws/rds/instance/${instance}/${log}`),
      ),
    );
    for (const group of groups) expect(group).toMatchObject({ retention_in_days: 365, kms_key_id: keys.logs });
    const awaited = resourcesOf(tf, "aws_db_instance").flatMap((instance) => instance.depends_on);
    for (const id of Object.keys(tf.resource?.aws_cloudwatch_log_group ?? {})) {
      expect(awaited).toContain(`aws_cloudwatch_log_group.${id}`);
    }
  });

  test("shares one parameter group, which forces TLS and logs changes and slow statements", () => {
    const tf = database();
    expect(new Set(resourcesOf(tf, "aws_db_instance").map((instance) => instance.parameter_group_name)).size).toBe(1);
    expect(resourceOf(tf, "aws_db_parameter_group")).toMatchObject({
      family: "postgres17",
      name_prefix: "orders-postgres17-",
      lifecycle: { create_before_destroy: true },
      parameter: expect.arrayContaining([
        { name: "rds.force_ssl", value: "1", apply_method: "pending-reboot" },
        { name: "shared_preload_libraries", value: "pg_stat_statements", apply_method: "pending-reboot" },
        { name: "log_statement", value: "ddl", apply_method: "immediate" },
        { name: "log_min_duration_statement", value: "1000", apply_method: "immediate" },
      ]),
    });
  });

  test("keeps standard insights for seven days", () => {
    for (const instance of instances({ insights: "standard" })) {
      expect(instance).toMatchObject({ database_insights_mode: "standard", performance_insights_retention_period: 7 });
    }
  });

  test.each<[Storage, object]>([
    ["SSD 399GB", { max_allocated_storage: 798 }],
    ["SSD 400GB", { max_allocated_storage: 800, iops: 12_000, storage_throughput: 500 }],
    ["SSD 32TB", { max_allocated_storage: 65_536, iops: 12_000, storage_throughput: 500 }],
    ["SSD 58TB", { max_allocated_storage: 65_536, iops: 12_000, storage_throughput: 500 }],
    ["SSD 59TB", { iops: 12_000, storage_throughput: 500 }],
    ["SSD 64TB", { iops: 12_000, storage_throughput: 500 }],
  ])("of %s asks for no storage that RDS refuses", (storage, expected) => {
    for (const { max_allocated_storage, iops, storage_throughput } of instances(sized(storage))) {
      expect({ max_allocated_storage, iops, storage_throughput }).toEqual(expected);
    }
  });

  test("has windows that overlap no other's, nor the backup", () => {
    const taken = [...instances({ replicas: 15 }).map((it) => String(it.maintenance_window)), "02:00-03:00"];
    expect(taken).toHaveLength(17);
    const minutes = taken.flatMap(minutesOf);
    expect(new Set(minutes).size).toBe(minutes.length);
  });
});

describe("the primary", () => {
  test.each<[string, Arguments]>([
    ["has a standby in a zone of AWS's choice", { multi_az: true }],
    ["is encrypted with our key", { kms_key_id: keys.database }],
    ["can be restored to any moment of 30 days", { backup_retention_period: 30, delete_automated_backups: false }],
    ["ends in a snapshot", { skip_final_snapshot: false }],
    ["is guarded by Terraform too", { lifecycle: { prevent_destroy: true } }],
    ["leaves its minor version to RDS", { lifecycle: { ignore_changes: ["engine_version"] } }],
    ["takes no support at an extra price", { engine_lifecycle_support: "open-source-rds-extended-support-disabled" }],
    ["runs the default major", { engine: "postgres", engine_version: "17", port: 5432, db_name: "read_models" }],
    ["begins with the storage that is asked", { allocated_storage: 500 }],
  ])("%s", (_, args) => {
    expect(primary()).toMatchObject(args);
  });

  test("stops a plan whose major version is another than the one that runs, for an upgrade comes first", () => {
    expect(primary({ engineVersion: "18" }).lifecycle).toMatchObject({
      postcondition: [
        {
          condition: '${split(".", self.engine_version)[0] == "18"}',
          error_message:
            "Test/Database.engineVersion: must name the major version of ${self.engine_version}, which runs, got '18'. To upgrade, see docs/drift.md of cdktf-cqrs",
        },
      ],
    });
  });

  test("names no zone, which a standby forbids", () => {
    expect(primary()).not.toHaveProperty("availability_zone");
  });

  test("ends in a snapshot whose name no later life of it has", () => {
    expect(primary().final_snapshot_identifier).toMatch(/^orders-final-\$\{substr\(terraform_data\.\w+\.id, 0, 8\)\}$/);
  });

  test("takes a password that is never in the state, and a new one where the version is raised", () => {
    const tf = database({ passwordVersion: 2 });
    const instance = resourceOf(tf, "aws_db_instance", { identifier: "orders-primary" });
    expect(instance.password_wo).toMatch(/^\$\{ephemeral\.aws_secretsmanager_secret_version\.\w+\.secret_string\}$/);
    expect(resourceOf(tf, "aws_secretsmanager_secret_version").secret_string_wo_version).toBe(2);
    expect(secretsIn(tf)).toEqual([]);
  });
});

test("the primary takes the password of each version of the secret that Terraform writes, raised or not", () => {
  const instance = resourceOf(database(), "aws_db_instance", { identifier: "orders-primary" });
  expect(instance.password_wo_version).toMatch(
    /^\$\{parseint\(substr\(sha256\(aws_secretsmanager_secret_version\.\w+\.version_id\), 0, 12\), 16\)\}$/,
  );
});

describe("a replica", () => {
  test("stands in each zone in turn", () => {
    const zones = replicas({ replicas: 5 }).map((it) => it.availability_zone);
    expect(zones).toEqual(["a", "b", "c", "a", "b"].map((letter) => `eu-central-1${letter}`));
  });

  test("has nothing that RDS or the provider refuses", () => {
    const refused = [
      ...["engine", "engine_version", "db_name", "username", "password", "password_wo", "password_wo_version"],
      ...["manage_master_user_password", "db_subnet_group_name", "kms_key_id", "multi_az"],
      ...["final_snapshot_identifier", "blue_green_update", "backup_retention_period", "engine_lifecycle_support"],
    ];
    for (const replica of replicas()) {
      expect(Object.keys(replica).filter((key) => refused.includes(key))).toEqual([]);
      expect(replica.skip_final_snapshot).toBe(true);
    }
  });

  test("names its primary, not the primary's ARN", () => {
    for (const replica of replicas()) {
      expect(replica.replicate_source_db).toMatch(/^\$\{aws_db_instance\.\w+\.identifier\}$/);
    }
  });

  test("may be planned away, for it holds no data of its own", () => {
    for (const replica of replicas()) expect(replica).not.toHaveProperty("lifecycle.prevent_destroy");
  });

  test("is replaced with its primary, without which it would stand alone", () => {
    const tf = database({ replicas: 2 });
    const generation = resourceOf(tf, "terraform_data");
    expect(generation.triggers_replace).toEqual({ databaseName: "read_models", keyArn: keys.database });
    const [id] = Object.keys(tf.resource?.terraform_data ?? {});
    for (const replica of replicas()) {
      expect(replica.lifecycle).toEqual({ replace_triggered_by: [`terraform_data.${id}`] });
    }
  });

  // The provider takes it at the first change; RDS refuses the IOPS of a striped volume to one that is still small.
  test("grows with its primary", () => {
    for (const [storage, gib] of [
      ["SSD 300GB", 300],
      ["SSD 500GB", 500],
    ] as const) {
      const props = { replicas: 1, resources: { cpu: "4 cores", memory: "16GB", storage } } as const;
      for (const instance of [primary(props), ...replicas(props)]) expect(instance.allocated_storage).toBe(gib);
    }
  });

  test("keeps its maintenance window when another comes", () => {
    const windows = (count: number) => replicas({ replicas: count }).map((it) => it.maintenance_window);
    expect(windows(5).slice(0, 2)).toEqual(windows(2));
  });
});

test("without deletion protection, neither RDS nor Terraform guards anything", () => {
  const tf = database({ deletionProtection: false });
  for (const instance of resourcesOf(tf, "aws_db_instance")) expect(instance.deletion_protection).toBe(false);
  expect(JSON.stringify(tf)).not.toContain('"prevent_destroy":true');
});

test("is shut until somebody is let in, and lets nothing out", () => {
  expect(resourcesOf(database(), "aws_vpc_security_group_ingress_rule")).toEqual([]);
  const tf = synthesizeStack((stack) => new PostgresDatabase(stack, "Database", base).allowFrom("Api", "sg-api"));
  expect(resourceOf(tf, "aws_vpc_security_group_ingress_rule")).toMatchObject({
    referenced_security_group_id: "sg-api",
    from_port: 5432,
    to_port: 5432,
  });
  expect(resourcesOf(tf, "aws_vpc_security_group_egress_rule")).toEqual([]);
});

test("stands in the data subnets", () => {
  expect(resourceOf(database(), "aws_db_subnet_group").subnet_ids).toEqual(network.dataSubnetIds);
});

test("two fit into one stack", () => {
  const tf = synthesizeStack((stack) => {
    new PostgresDatabase(stack, "Orders", base);
    new PostgresDatabase(stack, "Stock", { ...base, name: "stock" });
  });
  const identifiers = resourcesOf(tf, "aws_db_instance").map((it) => it.identifier);
  expect(new Set(identifiers).size).toBe(8);
  expect(new Set(resourcesOf(tf, "aws_cloudwatch_log_group").map((it) => it.name)).size).toBe(24);
  expect(Object.keys(tf.ephemeral?.aws_secretsmanager_secret_version ?? {})).toHaveLength(2);
});

test.each(["16", "17", "18"] as const)("PostgreSQL %s has the parameters of its family", (engineVersion) => {
  const tf = database({ engineVersion });
  expect(resourceOf(tf, "aws_db_parameter_group").family).toBe(`postgres${engineVersion}`);
});

describe("refuses", () => {
  test.each<[Partial<PostgresDatabaseProps>, string, string]>([
    [{ replicas: -1 }, ".replicas", "must be a whole number from 0 to 15, got -1"],
    [{ replicas: 16 }, ".replicas", "must be a whole number from 0 to 15, got 16"],
    [{ backupRetentionDays: 0 }, ".backupRetentionDays", "must be a whole number from 1 to 35, got 0"],
    [{ backupRetentionDays: 36 }, ".backupRetentionDays", "must be a whole number from 1 to 35, got 36"],
    [{ passwordVersion: 0 }, ".passwordVersion", "must be a whole number from 1 to 10000, got 0"],
    [{ engineVersion: "15" as "16" }, ".engineVersion", "must be '16', '17' or '18', got '15'"],
    [{ insights: "off" as "standard" }, ".insights", "must be 'advanced' or 'standard', got 'off'"],
    [
      { databaseName: "template0" },
      ".databaseName",
      "must be lower-case letters, digits and underscores, a letter first, at most 63 characters, got 'template0'",
    ],
    [
      { backupWindow: "04:30-05:00" },
      ".maintenanceWindow",
      "must not overlap backupWindow '04:30-05:00', got 'sun:04:00-sun:05:00'",
    ],
    [
      { maintenanceWindow: "mon:02:59-mon:03:59" },
      ".maintenanceWindow",
      "must not overlap backupWindow '02:00-03:00', got 'mon:02:59-mon:03:59'",
    ],
    [
      { name: `o${"x".repeat(49)}` },
      ".name",
      `must be lower-case letters, digits and single hyphens, a letter first, at most 49 characters (IAM role), got 'o${"x".repeat(49)}'`,
    ],
    [
      { keys: { ...keys, secrets: "alias/aws/secretsmanager" } },
      ".keys.secrets",
      "must be the ARN of a KMS key, got 'alias/aws/secretsmanager'",
    ],
    [
      { network: { ...network, availabilityZones: Token.asList({ resolve: () => [] }) } },
      ".network.availabilityZones",
      "must be a list of 2 to 16, each an id, known at synth, got a list token",
    ],
    // The provider would take it for none, and RDS the account's own key.
    [{ keys: { ...keys, database: "" } }, ".keys.database", "must be the ARN of a KMS key, got ''"],
    [
      { keys: "" as unknown as typeof keys },
      ".keys",
      "must be the ARNs of the keys 'database', 'secrets' and 'logs', got ''",
    ],
  ])("%j", (props, path, message) => {
    expect(problemOf(props)).toBe(problem(path, message));
  });

  test("a number of replicas that is not known at synth", () => {
    const message = problem(".replicas", "must be a whole number from 0 to 15, known at synth, got a number token");
    expect(() =>
      synthesizeStack((stack) => {
        const replicas = new TerraformVariable(stack, "replicas", { type: "number" }).numberValue;
        new PostgresDatabase(stack, "Database", { ...base, replicas });
      }),
    ).toThrow(message);
  });
});

test.each<Partial<PostgresDatabaseProps>>([
  { replicas: 0 },
  { replicas: 15 },
  { backupRetentionDays: 1 },
  { backupRetentionDays: 35 },
  { name: `o${"x".repeat(48)}` },
  { databaseName: `d${"x".repeat(62)}` },
])("takes %j", (props) => {
  expect(problemOf(props)).toBeUndefined();
});

test("takes what Terraform computes for all but what is chosen at synth", () => {
  const tf = synthesizeStack((stack) => {
    const number = new TerraformVariable(stack, "number", { type: "number" }).numberValue;
    const text = new TerraformVariable(stack, "text", { type: "string" }).stringValue;
    const tokens = { name: text, databaseName: text, backupRetentionDays: number, passwordVersion: number };
    new PostgresDatabase(stack, "Database", { ...base, ...tokens });
  });
  expect(resourceOf(tf, "aws_db_instance", { identifier: "${var.text}-primary" })).toMatchObject({
    db_name: "${var.text}",
    backup_retention_period: "${var.number}",
  });
  expect(resourceOf(tf, "aws_secretsmanager_secret_version").secret_string_wo_version).toBe("${var.number}");
});

// RDS refuses the second, but only at apply.
test("two databases of a stack have names of their own", () => {
  const both = () =>
    synthesizeStack((stack) => {
      new PostgresDatabase(stack, "One", base);
      new PostgresDatabase(stack, "Two", base);
    });
  expect(both).toThrow(
    `  Test/Two.name: must be another, got '${base.name}', which the RDS instance at 'Test/One' has`,
  );
});
