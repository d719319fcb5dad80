import { BackupPlan } from "@cdktf/provider-aws/lib/backup-plan";
import { BackupSelection } from "@cdktf/provider-aws/lib/backup-selection";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { type BackupConfig, EVENT_STORE_RULES } from "../config/infrastructure";
import { daysOf, type Frequency } from "../config/quantities";
import { BACKUP_TAG } from "../config/recovery";
import { checkProps, computableListOf, isTrueOrFalse, list, optional, type Rules, text } from "../core/rules";
import { DAYS, freeHours, isWindows, type Windows } from "../core/windows";
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
  /** ARNs of what is backed up, at most 100; no read replica, which has nothing of its own. */
  readonly resources: readonly string[];
  /** Whether it backs up what has the tag `cqrs:backup`, too. @default true */
  readonly isTagged?: boolean;
  /** RDS's own windows, within which and in the hour before no job begins. @default - none */
  readonly windows?: Windows;
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
  resources: computableListOf(isArn, { min: 0, max: 100 }),
  isTagged: optional(isTrueOrFalse),
  windows: optional(isWindows),
  roleArn: isArn,
  dependsOn: optional(list("a list of resources")),
};

/**
 * AWS Backup: an hour is the shortest. A job begins within its start window, of an hour at least, and is ended where it
 * is not done within the other, which must be an hour longer.
 */
const SCHEDULES: Readonly<Record<Frequency, Schedule>> = {
  hourly: { hoursOf: (free) => free, doneWithinMinutes: 180 },
  daily: { hoursOf: (free) => free.filter((hour) => hour >= DAILY_HOUR).slice(0, 1), doneWithinMinutes: 480 },
};
interface Schedule {
  /** Of the hours of a day that are free, those in which a job begins. */
  readonly hoursOf: (free: readonly number[]) => readonly number[];
  readonly doneWithinMinutes: number;
}
const HOURS_A_DAY = 24;
const DAILY_HOUR = 7;
const START_WITHIN_MINUTES = 60;

/**
 * When AWS Backup makes recovery points, of what, and for how long it keeps them. Each is a snapshot: to keep moments
 * between them, as it could, it would have to own the database's point-in-time recovery, which stays RDS's.
 *
 * No two rules for a day: of two that meet, AWS keeps one. And two selections: in one that names resources and a tag, the tag would
 * narrow what is named, and what is named is backed up whether or not the Region has opted in to its kind.
 */
export class RecoveryPlan extends Construct {
  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: RecoveryPlanProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const { name, backup, copyTo, roleArn, resources, isTagged = true, windows = {}, dependsOn = [] } = props;
    const { hoursOf, doneWithinMinutes } = SCHEDULES[backup.frequency];
    // Cold storage is for what stays 90 days longer. Left out, it is a difference in each plan.
    const lifecycle = { deleteAfter: daysOf(backup.retention) ?? 0, optInToArchiveForSupportedResources: false };

    const { id: planId } = new BackupPlan(this, "Resource", {
      name,
      rule: schedulesOf(freeHours(windows).map(hoursOf)).map(({ days, cron }) => ({
        ruleName: [backup.frequency, ...days].join("-"),
        targetVaultName: props.vault,
        schedule: cron,
        scheduleExpressionTimezone: "Etc/UTC",
        startWindow: START_WITHIN_MINUTES,
        completionWindow: doneWithinMinutes,
        enableContinuousBackup: false,
        lifecycle,
        copyAction: copyTo === undefined ? undefined : [{ destinationVaultArn: copyTo, lifecycle }],
      })),
    });
    const selection = { planId, iamRoleArn: roleArn, dependsOn: [...dependsOn] };
    if (resources.length > 0) {
      new BackupSelection(this, "Named", { ...selection, name: `${name}-named`, resources: [...resources] });
    }
    if (isTagged) {
      new BackupSelection(this, "Tagged", {
        ...selection,
        name: `${name}-tagged`,
        selectionTag: [{ type: "STRINGEQUALS", key: BACKUP_TAG, value: name }],
      });
    }
  }
}

/** One expression for all days with the same hours; without days in its name where it is for every day. */
function schedulesOf(
  hours: readonly (readonly number[])[],
): { readonly days: readonly string[]; readonly cron: string }[] {
  const daysByHours = new Map<string, string[]>();
  DAYS.forEach((day, index) => {
    const expression = rangesOf(hours[index] ?? []);
    if (expression !== "") daysByHours.set(expression, [...(daysByHours.get(expression) ?? []), day]);
  });
  return [...daysByHours].map(([expression, days]) =>
    days.length === DAYS.length
      ? { days: [], cron: `cron(0 ${expression} * * ? *)` }
      : { days, cron: `cron(0 ${expression} ? * ${days.join(",").toUpperCase()} *)` },
  );
}

/** Ascending hours as cron has them: `0,3-23`, and `*` for all. */
function rangesOf(hours: readonly number[]): string {
  if (hours.length === HOURS_A_DAY) return "*";
  const starts = hours.filter((hour) => !hours.includes(hour - 1));
  return starts
    .map((start) => {
      const end = hours.find((hour) => hour >= start && !hours.includes(hour + 1));
      return end === start ? `${start}` : `${start}-${end}`;
    })
    .join(",");
}
