import { RestoreTests, type RestoreTestsProps } from "../../lib/recovery/restore-tests";
import { resourceOf, resourcesOf, synthesizeStack } from "../support/synthesis/synthesized";

const base: RestoreTestsProps = {
  name: "orders-eu-1",
  frequency: "weekly",
  vaultArn: "arn:aws:backup:eu-central-1:111122223333:backup-vault:orders-recovery",
  database: { arn: "arn:aws:rds:eu-central-1:111122223333:db:orders-primary", subnetGroupName: "orders-postgres" },
  vpcId: "vpc-1",
  roleArn: "arn:aws:iam::111122223333:role/orders-AWSBackup",
};
const made = (props: Partial<RestoreTestsProps> = {}) =>
  synthesizeStack((stack) => void new RestoreTests(stack, "RestoreTests", { ...base, ...props }));

test.each([
  ["daily", "cron(0 9 * * ? *)"],
  ["weekly", "cron(0 9 ? * MON *)"],
  ["monthly", "cron(0 9 1 * ? *)"],
] as const)("%s: by %s", (frequency, schedule) => {
  expect(resourceOf(made({ frequency }), "aws_backup_restore_testing_plan")).toMatchObject({
    schedule_expression: schedule,
    schedule_expression_timezone: "Etc/UTC",
  });
});

test("are named without hyphens, of which AWS Backup takes none here", () => {
  expect(resourceOf(made(), "aws_backup_restore_testing_plan").name).toBe("orders_eu_1_restore_test");
  expect(resourceOf(made(), "aws_backup_restore_testing_selection").name).toBe("orders_eu_1_restore_test_db");
});

test("are named as long as AWS Backup takes, whatever the name", () => {
  const name = String(resourceOf(made({ name: "a".repeat(34) }), "aws_backup_restore_testing_selection").name);
  expect(name.length).toBeLessThanOrEqual(50);
});

test("restore the newest recovery point of the vault", () => {
  expect(resourceOf(made(), "aws_backup_restore_testing_plan").recovery_point_selection).toEqual([
    {
      algorithm: "LATEST_WITHIN_WINDOW",
      include_vaults: [base.vaultArn],
      recovery_point_types: ["SNAPSHOT"],
      selection_window_days: 7,
    },
  ]);
});

test("of the database, into its own subnets and a group that lets nobody in", () => {
  const tf = made();
  const [group = ""] = Object.keys(tf.resource?.aws_security_group ?? {});
  expect(resourceOf(tf, "aws_backup_restore_testing_selection")).toMatchObject({
    protected_resource_type: "RDS",
    protected_resource_arns: [base.database.arn],
    validation_window_hours: 1,
    restore_metadata_overrides: {
      dbSubnetGroupName: "orders-postgres",
      vpcSecurityGroupIds: `["\${aws_security_group.${group}.id}"]`,
    },
  });
  expect(resourcesOf(tf, "aws_vpc_security_group_ingress_rule")).toEqual([]);
  expect(resourcesOf(tf, "aws_vpc_security_group_egress_rule")).toEqual([]);
});

test.each<[Partial<RestoreTestsProps>, string]>([
  [{ name: "a".repeat(35) }, `name: must be 1 to 34 letters, digits, '_' and '-', got '${"a".repeat(35)}'`],
  [{ frequency: "never" as "daily" }, "frequency: must be 'daily', 'weekly' or 'monthly', got 'never'"],
  [{ database: {} as never }, "database: must be an object with 'arn' and 'subnetGroupName', got an empty object"],
])("refuses %j", (props, message) => {
  expect(() => made(props)).toThrow(
    new Error(`1 problem in the configuration, nothing was synthesized:\n  Test/RestoreTests.${message}`),
  );
});
