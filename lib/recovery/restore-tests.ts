import { BackupRestoreTestingPlan } from "@cdktf/provider-aws/lib/backup-restore-testing-plan";
import { BackupRestoreTestingSelection } from "@cdktf/provider-aws/lib/backup-restore-testing-selection";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { RestoreTestFrequency } from "../config/recovery";
import { checkProps, isText, list, oneOf, optional, type Rules, rule, text } from "../core/rules";

export interface RestoreTestsProps {
  /** Begins the names of plan, selection and security group: at most 34 letters, digits, '_' and '-'. */
  readonly name: string;
  readonly frequency: Exclude<RestoreTestFrequency, "never">;
  /** ARN of the vault that recovery points are taken from. */
  readonly vaultArn: string;
  /** The database whose newest recovery point is restored, and the subnets that it is restored into. */
  readonly database: { readonly arn: string; readonly subnetGroupName: string };
  readonly vpcId: string;
  /** The role that AWS Backup takes. */
  readonly roleArn: string;
  /** What the role must have before it is of use. @default - nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
}

const RULES: Rules<RestoreTestsProps> = {
  name: text("1 to 34 letters, digits, '_' and '-'", /^[\w-]{1,34}$/),
  frequency: oneOf(["daily", "weekly", "monthly"]),
  vaultArn: isText,
  database: rule(
    "an object with 'arn' and 'subnetGroupName'",
    (value) => typeof value === "object" && value !== null && "arn" in value && "subnetGroupName" in value,
  ),
  vpcId: isText,
  roleArn: isText,
  dependsOn: optional(list("a list of resources")),
};

/** At a time when no window of the database is near. */
const SCHEDULES: Readonly<Record<RestoreTestsProps["frequency"], string>> = {
  daily: "cron(0 9 * * ? *)",
  weekly: "cron(0 9 ? * MON *)",
  monthly: "cron(0 9 1 * ? *)",
};
const START_WITHIN_HOURS = 8;
/** An older recovery point is none that anybody would restore first. */
const NOT_OLDER_THAN_DAYS = 7;
/** AWS Backup: the shortest time that what was restored stays. */
const STAYS_HOURS = 1;

/** Restores the database's newest recovery point every so often, where nobody reaches it, and deletes what came of it. */
export class RestoreTests extends Construct {
  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: RestoreTestsProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const { name, frequency, database, dependsOn = [] } = props;
    // AWS Backup takes no hyphen here.
    const testName = `${name.replaceAll("-", "_")}_restore_test`;

    const nobody = new SecurityGroup(this, "Nobody", {
      namePrefix: `${name}-restore-test-`,
      description: `Restored for a test of ${name}, reached by nobody`,
      vpcId: props.vpcId,
      lifecycle: { createBeforeDestroy: true },
    });
    const plan = new BackupRestoreTestingPlan(this, "Resource", {
      name: testName,
      scheduleExpression: SCHEDULES[frequency],
      scheduleExpressionTimezone: "Etc/UTC",
      startWindowHours: START_WITHIN_HOURS,
      recoveryPointSelection: [
        {
          algorithm: "LATEST_WITHIN_WINDOW",
          includeVaults: [props.vaultArn],
          recoveryPointTypes: ["SNAPSHOT"],
          selectionWindowDays: NOT_OLDER_THAN_DAYS,
        },
      ],
    });
    new BackupRestoreTestingSelection(this, "Database", {
      name: `${testName}_db`,
      restoreTestingPlanName: plan.name,
      protectedResourceType: "RDS",
      protectedResourceArns: [database.arn],
      iamRoleArn: props.roleArn,
      validationWindowHours: STAYS_HOURS,
      restoreMetadataOverrides: {
        dbSubnetGroupName: database.subnetGroupName,
        vpcSecurityGroupIds: JSON.stringify([nobody.id]),
      },
      dependsOn: [...dependsOn],
    });
  }
}
