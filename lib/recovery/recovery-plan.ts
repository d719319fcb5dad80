import { BackupPlan } from "@cdktf/provider-aws/lib/backup-plan";
import { BackupSelection } from "@cdktf/provider-aws/lib/backup-selection";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { type BackupConfig, EVENT_STORE_RULES } from "../config/infrastructure";
import { daysOf, type Frequency } from "../config/quantities";
import { BACKUP_TAG } from "../config/recovery";
import { checkProps, list, listOf, optional, type Rules, text } from "../core/rules";
import { isVaultName } from "./recovery-vault";

export interface RecoveryPlanProps {
  /** Begins the names of the plan and its selections; the value of the tag `cqrs:backup`. At most 40 letters, digits, '_' and '-'. */
  readonly name: string;
  /** How often, and how long each recovery point is kept. */
  readonly backup: BackupConfig;
  /** Name of the vault. */
  readonly vault: string;
  /** ARN of a vault that each recovery point is copied to, for as long. @default - none */
  readonly copyTo?: string;
  /** ARNs of what is backed up, 1 to 100; no read replica, which has nothing of its own. */
  readonly resources: readonly string[];
  /** The role that AWS Backup takes. */
  readonly roleArn: string;
  /** What the role must have before it is of use. @default - nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
}

const isArn = text("the ARN of a resource", /^arn:aws[a-z-]*:[a-z0-9-]+:[^\s]+$/);

const RULES: Rules<RecoveryPlanProps> = {
  name: text("1 to 40 letters, digits, '_' and '-'", /^[\w-]{1,40}$/),
  backup: EVENT_STORE_RULES.backup,
  vault: isVaultName,
  copyTo: optional(isArn),
  resources: listOf(isArn),
  roleArn: isArn,
  dependsOn: optional(list("a list of resources")),
};

/**
 * AWS Backup: an hour is the shortest. A job begins within its start window, of an hour at least, and is ended where it
 * is not done within the other, which must be an hour longer. RDS takes no snapshot in the hour before its maintenance
 * window and within it, nor beside one of its own: one or two hourly jobs a week expire.
 */
const SCHEDULES: Readonly<Record<Frequency, { readonly cron: string; readonly doneWithinMinutes: number }>> = {
  hourly: { cron: "cron(0 * * * ? *)", doneWithinMinutes: 180 },
  daily: { cron: "cron(0 7 * * ? *)", doneWithinMinutes: 480 },
};
const START_WITHIN_MINUTES = 60;

/**
 * When AWS Backup makes recovery points, of what, and for how long it keeps them. Each is a snapshot: to keep moments
 * between them, as it could, it would have to own the database's point-in-time recovery, which stays RDS's.
 *
 * One rule: of two that meet, AWS keeps one. And two selections: in one that names resources and a tag, the tag would
 * narrow what is named, and what is named is backed up whether or not the Region has opted in to its kind.
 */
export class RecoveryPlan extends Construct {
  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: RecoveryPlanProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const { name, backup, copyTo, roleArn, dependsOn = [] } = props;
    const { cron, doneWithinMinutes } = SCHEDULES[backup.frequency];
    // Cold storage is for what stays 90 days longer. Left out, it is a difference in each plan.
    const lifecycle = { deleteAfter: daysOf(backup.retention) ?? 0, optInToArchiveForSupportedResources: false };

    const { id: planId } = new BackupPlan(this, "Resource", {
      name,
      rule: [
        {
          ruleName: backup.frequency,
          targetVaultName: props.vault,
          schedule: cron,
          scheduleExpressionTimezone: "Etc/UTC",
          startWindow: START_WITHIN_MINUTES,
          completionWindow: doneWithinMinutes,
          enableContinuousBackup: false,
          lifecycle,
          copyAction: copyTo === undefined ? undefined : [{ destinationVaultArn: copyTo, lifecycle }],
        },
      ],
    });
    new BackupSelection(this, "Named", {
      name: `${name}-named`,
      planId,
      iamRoleArn: roleArn,
      resources: [...props.resources],
      dependsOn: [...dependsOn],
    });
    new BackupSelection(this, "Tagged", {
      name: `${name}-tagged`,
      planId,
      iamRoleArn: roleArn,
      selectionTag: [{ type: "STRINGEQUALS", key: BACKUP_TAG, value: name }],
      dependsOn: [...dependsOn],
    });
  }
}
