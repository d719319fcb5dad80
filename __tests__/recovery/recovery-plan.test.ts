import { RecoveryPlan, type RecoveryPlanProps } from "../../lib/recovery/recovery-plan";
import { resourceOf, resourcesOf, synthesizeStack } from "../support/synthesis/synthesized";

const DATABASE = "arn:aws:rds:eu-central-1:111122223333:db:orders-primary";
const COPIES = "arn:aws:backup:eu-west-1:111122223333:backup-vault:orders-recovery";
const base: RecoveryPlanProps = {
  name: "orders",
  backup: { frequency: "hourly", retention: "30 days" },
  vault: "orders-recovery",
  resources: [DATABASE],
  roleArn: "arn:aws:iam::111122223333:role/orders-AWSBackup",
};
const made = (props: Partial<RecoveryPlanProps> = {}) =>
  synthesizeStack((stack) => void new RecoveryPlan(stack, "Plan", { ...base, ...props }));
const ruleOf = (props: Partial<RecoveryPlanProps> = {}) =>
  (resourceOf(made(props), "aws_backup_plan").rule as readonly Record<string, unknown>[])[0];

test.each([
  ["hourly", "cron(0 * * * ? *)", 180],
  ["daily", "cron(0 7 * * ? *)", 480],
] as const)("%s: by %s, begun within an hour and done within %i minutes", (frequency, schedule, completion) => {
  expect(ruleOf({ backup: { frequency, retention: "30 days" } })).toMatchObject({
    rule_name: frequency,
    schedule,
    schedule_expression_timezone: "Etc/UTC",
    start_window: 60,
    completion_window: completion,
    target_vault_name: "orders-recovery",
  });
});

const rulesOf = (props: Partial<RecoveryPlanProps>) =>
  (resourceOf(made(props), "aws_backup_plan").rule as readonly Record<string, unknown>[]).map((rule) => [
    rule.rule_name,
    rule.schedule,
  ]);
const windows = { daily: "02:00-03:00", weekly: "sun:04:00-sun:05:00" };

test("hourly jobs leave out the hours in which RDS takes no snapshot", () => {
  expect(rulesOf({ windows })).toEqual([
    ["hourly-mon-tue-wed-thu-fri-sat", "cron(0 0,3-23 ? * MON,TUE,WED,THU,FRI,SAT *)"],
    ["hourly-sun", "cron(0 0,5-23 ? * SUN *)"],
  ]);
});

test("a daily job is at 07:00, or in the next hour that RDS leaves", () => {
  const backup = { frequency: "daily", retention: "30 days" } as const;
  expect(rulesOf({ backup, windows })).toEqual([["daily", "cron(0 7 * * ? *)"]]);
  expect(rulesOf({ backup, windows: { daily: "07:00-08:00" } })).toEqual([["daily", "cron(0 8 * * ? *)"]]);
  expect(rulesOf({ backup, windows: { ...windows, weekly: "sun:07:30-sun:08:30" } })).toEqual([
    ["daily-mon-tue-wed-thu-fri-sat", "cron(0 7 ? * MON,TUE,WED,THU,FRI,SAT *)"],
    ["daily-sun", "cron(0 9 ? * SUN *)"],
  ]);
});

test("a plan for named resources alone selects nothing by a tag", () => {
  expect(resourcesOf(made({ isTagged: false }), "aws_backup_selection")).toHaveLength(1);
  expect(resourcesOf(made({ resources: [] }), "aws_backup_selection")).toHaveLength(1);
});

test("one rule, for of two that meet AWS keeps one", () => {
  expect(resourceOf(made(), "aws_backup_plan").rule).toHaveLength(1);
});

test.each([
  ["1 day", 1],
  ["30 days", 30],
  ["365 days", 365],
] as const)("keeps for %s, %i days", (retention, days) => {
  const backup = { frequency: "hourly", retention } as const;
  expect(ruleOf({ backup })).toMatchObject({ lifecycle: { delete_after: days } });
});

test("leaves each moment to RDS, whose settings AWS Backup would take over", () => {
  expect(ruleOf()).toMatchObject({ enable_continuous_backup: false });
});

test("copies nowhere unless told to, and then for as long", () => {
  expect(ruleOf()).not.toHaveProperty("copy_action");
  expect(ruleOf({ copyTo: COPIES })).toMatchObject({
    copy_action: [{ destination_vault_arn: COPIES, lifecycle: { delete_after: 30 } }],
  });
});

test("what is named and what is tagged are two selections: in one the tag would narrow what is named", () => {
  const tf = made();
  const named = resourceOf(tf, "aws_backup_selection", { name: "orders-named" });
  const tagged = resourceOf(tf, "aws_backup_selection", { name: "orders-tagged" });
  expect(named).toMatchObject({ resources: [DATABASE], iam_role_arn: base.roleArn });
  expect(named).not.toHaveProperty("selection_tag");
  expect(tagged).toMatchObject({
    selection_tag: [{ type: "STRINGEQUALS", key: "cqrs:backup", value: "orders" }],
    iam_role_arn: base.roleArn,
  });
  expect(tagged).not.toHaveProperty("resources");
});

test.each<[Partial<RecoveryPlanProps>, string]>([
  [{ name: "a".repeat(41) }, `name: must be 1 to 40 letters, digits, '_' and '-', got '${"a".repeat(41)}'`],
  [{ resources: ["orders"] }, "resources[0]: must be the ARN of a resource, got 'orders'"],
  [{ copyTo: "orders-recovery" }, "copyTo: must be the ARN of a resource, got 'orders-recovery'"],
  [
    { windows: { daily: "06:00-23:59" } },
    "windows.daily: must be a daily window such as '02:00-03:00', in UTC, of 30 minutes to 12 hours, got '06:00-23:59'",
  ],
  [
    { windows: { weekly: "sunday" } },
    "windows.weekly: must be a weekly window such as 'sun:04:00-sun:05:00', in UTC, of 30 minutes to 12 hours, got 'sunday'",
  ],
  [
    { backup: { frequency: "weekly" as "daily", retention: "30 days" } },
    "backup.frequency: must be 'hourly' or 'daily', got 'weekly'",
  ],
])("refuses %j", (props, message) => {
  expect(() => made(props)).toThrow(
    new Error(`1 problem in the configuration, nothing was synthesized:\n  Test/Plan.${message}`),
  );
});
