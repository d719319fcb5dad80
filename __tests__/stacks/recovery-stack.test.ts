import { RecoveryStack, type RecoveryStackProps } from "../../stacks/recovery-stack";
import { secretsIn } from "../support/synthesis/secrets";
import { keys, network } from "../support/synthesis/surroundings";
import { outputsOf, resourceOf, resourcesOf, stackOf, synthesizeApp } from "../support/synthesis/synthesized";

const CLUSTER = "arn:aws:eks:eu-central-1:111122223333:cluster/production-read";
const base: RecoveryStackProps = {
  environment: "production",
  region: "eu-central-1",
  backup: { frequency: "hourly", retention: "30 days" },
  keys,
  network,
  database: { arn: "arn:aws:rds:eu-central-1:111122223333:db:production-read-primary", subnetGroupName: "read" },
  clusterArns: [CLUSTER],
};
const recovery = (props: Partial<RecoveryStackProps> = {}) =>
  stackOf(
    synthesizeApp((app) => new RecoveryStack(app, { ...base, ...props })),
    "production-recovery",
  );

test("names its vault, its plan and its topic after the environment", () => {
  const tf = recovery();
  expect(resourceOf(tf, "aws_backup_vault").name).toBe("production-recovery");
  expect(resourcesOf(tf, "aws_backup_plan").map(({ name }) => name)).toEqual(["production-database", "production"]);
  expect(resourceOf(tf, "aws_sns_topic").name).toBe("production-failed-backups");
});

test("backs up the database and the clusters that it is told of", () => {
  const named = (plan: string) => resourceOf(recovery(), "aws_backup_selection", { name: `${plan}-named` }).resources;
  expect(named("production-database")).toEqual([base.database.arn]);
  expect(named("production")).toEqual([CLUSTER]);
});

test("passes on what the environment says of recovery", () => {
  const tf = recovery({ recovery: { vaultLock: { minRetentionDays: 7 }, restoreTests: "daily" } });
  expect(resourceOf(tf, "aws_backup_vault_lock_configuration").min_retention_days).toBe(7);
  expect(resourceOf(tf, "aws_backup_restore_testing_plan").schedule_expression).toBe("cron(0 9 * * ? *)");
});

test("needs no cluster to be reached, so that it stands when none does", () => {
  expect(Object.keys(recovery().provider ?? {})).toEqual(["aws"]);
});

test("puts out what others need to find, and no secret", () => {
  const tf = recovery();
  expect(Object.keys(outputsOf(tf)).sort()).toEqual([
    "event_store_ops_secret",
    "event_store_secret",
    "exports_bucket",
    "failure_topic_arn",
    "vault_name",
  ]);
  expect(secretsIn(tf)).toEqual([]);
});

test("puts out what the second Region has, by which it is found when the first is gone", () => {
  expect(Object.keys(outputsOf(recovery({ recovery: { secondRegion: "eu-west-1" } })))).toEqual(
    expect.arrayContaining(["copies_bucket", "copies_key_arn"]),
  );
});
