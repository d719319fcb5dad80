import { Recovery, type RecoveryProps } from "../../lib/infrastructure/recovery";
import { keys, network } from "../support/synthesis/surroundings";
import { resourceOf, resourcesOf, synthesizeStack } from "../support/synthesis/synthesized";

const base: RecoveryProps = {
  name: "orders",
  region: "eu-central-1",
  backup: { frequency: "hourly", retention: "30 days" },
  keys,
  network,
  database: { arn: "arn:aws:rds:eu-central-1:111122223333:db:orders-primary", subnetGroupName: "orders-postgres" },
};
const made = (props: Partial<RecoveryProps> = {}) =>
  synthesizeStack((stack) => void new Recovery(stack, "Recovery", { ...base, ...props }));

test("alone, it has a vault, a bucket, a plan, tests and a topic, without a lock and without copies", () => {
  const counts = Object.entries(made().resource ?? {}).map(([type, named]) => [type, Object.keys(named).length]);
  expect(Object.fromEntries(counts)).toMatchObject({
    aws_backup_vault: 1,
    aws_backup_plan: 2,
    aws_backup_selection: 2,
    aws_backup_restore_testing_plan: 1,
    aws_s3_bucket: 1,
    aws_sns_topic: 1,
    aws_secretsmanager_secret: 2,
  });
  expect(Object.keys(made().resource ?? {})).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/lock_configuration|replication|aws_kms_/)]),
  );
});

test("takes its name from the stack where it has none, which must be one then", () => {
  expect(() => made({ name: undefined })).toThrow(
    "Test/Recovery.name: must be lower-case letters, digits and single hyphens, a letter first, at most 21 characters (S3 bucket prefix), got 'Test'",
  );
});

test("the role has AWS Backup's name in its own, and AWS's policies of backups and restores", () => {
  const tf = made();
  expect(resourceOf(tf, "aws_iam_role").name).toBe("orders-AWSBackup");
  expect(
    resourcesOf(tf, "aws_iam_role_policy_attachment").map(({ policy_arn }) => String(policy_arn).split(":").at(-1)),
  ).toEqual([
    "policy/service-role/AWSBackupServiceRolePolicyForBackup",
    "policy/service-role/AWSBackupServiceRolePolicyForRestores",
  ]);
});

test.each([
  ["1 day", 9],
  ["30 days", 38],
  ["365 days", 373],
] as const)(
  "exports of backups kept for %s expire after %i days: a chain is as old as its beginning",
  (retention, days) => {
    const tf = made({ backup: { frequency: "daily", retention } });
    expect(JSON.stringify(resourceOf(tf, "aws_s3_bucket_lifecycle_configuration").rule)).toContain(
      `"expiration":[{"days":${days}}]`,
    );
  },
);

test("a second Region has a replica of the key, a vault and a bucket of its own, with the same locks and the same end", () => {
  const tf = made({ secondRegion: "eu-west-1", vaultLock: {}, objectLock: { days: 7 } });
  const there = (type: string) => resourcesOf(tf, type).filter(({ region }) => region === "eu-west-1");
  const here = (type: string) => resourcesOf(tf, type).filter(({ region }) => region === undefined);
  expect(resourcesOf(tf, "aws_kms_key")).toEqual([]);
  expect(there("aws_kms_replica_key")).toMatchObject([
    { primary_key_arn: keys.backups, deletion_window_in_days: 30, lifecycle: { prevent_destroy: true } },
  ]);
  for (const type of [
    ...["aws_backup_vault", "aws_backup_vault_lock_configuration", "aws_s3_bucket"],
    ...["aws_s3_bucket_object_lock_configuration", "aws_s3_bucket_lifecycle_configuration", "aws_s3_bucket_policy"],
  ]) {
    expect([type, there(type).length, here(type).length]).toEqual([type, 1, 1]);
  }
  const replica = expect.stringMatching(/^\$\{aws_kms_replica_key\.Recovery_CopiesKey_\w+\.arn\}$/);
  expect(there("aws_backup_vault")[0]?.kms_key_arn).toEqual(replica);
  expect(there("aws_s3_bucket_server_side_encryption_configuration")[0]?.rule).toMatchObject([
    { apply_server_side_encryption_by_default: { kms_master_key_id: replica } },
  ]);
  for (const { rule } of resourcesOf(tf, "aws_backup_plan")) {
    expect(JSON.stringify(rule)).toContain("aws_backup_vault.Recovery_CopiesVault_");
  }
});

test("with a second Region the topic hears of what could not be copied, once it lets S3 in", () => {
  const told = (props: Partial<RecoveryProps>) => resourcesOf(made(props), "aws_s3_bucket_notification");
  expect(told({})).toEqual([]);
  expect(told({ secondRegion: "eu-west-1" })).toMatchObject([
    {
      bucket: expect.stringMatching(/^\$\{aws_s3_bucket\.Recovery_Exports_/),
      depends_on: [expect.stringMatching(/^aws_sns_topic_policy\./)],
    },
  ]);
  const failureTopic = "arn:aws:sns:eu-central-1:111122223333:alarms";
  expect(told({ secondRegion: "eu-west-1", failureTopic })).toMatchObject([{ topic: [{ topic_arn: failureTopic }] }]);
});

test("the database's plan leaves out its windows, and the clusters' does not", () => {
  const database = { arn: "arn:aws:rds:eu-central-1:111122223333:db:orders-primary", subnetGroupName: "orders" };
  const tf = made({ database: { ...database, windows: { daily: "02:00-03:00" } } });
  const schedules = resourcesOf(tf, "aws_backup_plan").map(({ name, rule }) => [
    name,
    (rule as readonly { readonly schedule: string }[]).map(({ schedule }) => schedule),
  ]);
  expect(Object.fromEntries(schedules)).toEqual({
    orders: ["cron(0 * * * ? *)"],
    "orders-database": ["cron(0 0,3-23 * * ? *)"],
  });
});

test("tests that never run leave nothing", () => {
  expect(Object.keys(made({ restoreTests: "never" }).resource ?? {})).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/restore_testing|aws_security_group/)]),
  );
});

test.each([
  ["orders/recovery/event-store-", "admin"],
  ["orders/recovery/event-store-ops-", "ops"],
])("the secret %s of %s has no value: it stands in no plan and no state", (name_prefix, user) => {
  const tf = made();
  expect(resourceOf(tf, "aws_secretsmanager_secret", { name_prefix })).toMatchObject({
    description: `User ${user} of the event store, as JSON with username and password`,
    kms_key_id: keys.secrets,
    recovery_window_in_days: 30,
    lifecycle: { prevent_destroy: true },
  });
  expect(resourcesOf(tf, "aws_secretsmanager_secret_version")).toEqual([]);
});

test("what is to be taken down is not guarded", () => {
  expect(JSON.stringify(made({ deletionProtection: false, secondRegion: "eu-west-1" }))).not.toContain(
    '"prevent_destroy":true',
  );
});

test.each<[Partial<RecoveryProps>, string]>([
  [{ secondRegion: "eu-central-1" }, "secondRegion: must be another than region, got 'eu-central-1'"],
  [
    { vaultLock: { minRetentionDays: 31 } },
    "vaultLock.minRetentionDays: must be at most backup.retention '30 days', or no backup is let in, got 31",
  ],
  [
    { objectLock: { days: 39 } },
    "objectLock.days: must be at most 38, after which exports expire with backup.retention '30 days', got 39",
  ],
  [
    { name: "a".repeat(22) },
    `name: must be lower-case letters, digits and single hyphens, a letter first, at most 21 characters (S3 bucket prefix), got '${"a".repeat(22)}'`,
  ],
  [{ clusterArns: ["read"] }, "clusterArns[0]: must be an ARN, got 'read'"],
  [
    {
      secondRegion: "eu-west-1",
      keys: { ...keys, backups: "arn:aws:kms:eu-central-1:111122223333:key/1234" },
    },
    "keys.backups: must be the ARN of a multi-Region KMS key, whose id begins with 'mrk-', got 'arn:aws:kms:eu-central-1:111122223333:key/1234'",
  ],
  [{ keys: { ...keys, backups: "alias/x" } }, "keys.backups: must be the ARN of a KMS key, got 'alias/x'"],
])("refuses %j", (props, message) => {
  expect(() => made(props)).toThrow(
    new Error(`1 problem in the configuration, nothing was synthesized:\n  Test/Recovery.${message}`),
  );
});

test("both buckets have access logs where they are, with the longest name, too", () => {
  const name = "a".repeat(21);
  const logged = (secondRegion?: string) =>
    resourcesOf(made({ name, secondRegion, accessLogs: { retention: "30 days" } }), "aws_s3_bucket")
      .filter(({ bucket_prefix }) => String(bucket_prefix).endsWith("-logs-"))
      .map(({ bucket_prefix, region }) => [bucket_prefix, region]);
  expect(logged()).toEqual([[`${name}-backups-logs-`, undefined]]);
  expect(logged("eu-west-1")).toEqual([
    [`${name}-copies-logs-`, "eu-west-1"],
    [`${name}-backups-logs-`, undefined],
  ]);
  expect(resourcesOf(made(), "aws_s3_bucket_logging")).toEqual([]);
});
