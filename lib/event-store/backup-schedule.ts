import { Construct } from "constructs";
import { type BackupConfig, EVENT_STORE_RULES } from "../config/infrastructure";
import { daysOf, type Frequency } from "../config/quantities";
import { checkProps, type Rules, rule } from "../core/rules";
import { ScheduledBackup } from "./kurrentcloud/scheduled-backup";

export interface BackupScheduleProps {
  readonly projectId: string;
  readonly clusterId: string;
  readonly backup: BackupConfig;
}

const RULES: Rules<BackupScheduleProps> = {
  projectId: rule("a project's id", (value) => typeof value === "string"),
  clusterId: rule("a cluster's id", (value) => typeof value === "string"),
  backup: EVENT_STORE_RULES.backup,
};

/** Kurrent's cron knows only `*`, a number and a step in minute and hour, and nothing below an hour. */
const SCHEDULES: Readonly<Record<Frequency, { readonly cron: string; readonly perDay: number }>> = {
  hourly: { cron: "0 */1 * * *", perDay: 24 },
  daily: { cron: "30 3 * * *", perDay: 1 },
};

/**
 * The job that backs a cluster up and keeps so many backups as its frequency makes in the days asked for. Kurrent counts
 * backups, not days: a run that is skipped, because the cluster was unhealthy or being changed, makes the oldest older, and
 * one that came to nothing takes a place. No maximum is documented; a year of hourly ones, 8760, nobody has tried.
 *
 * A running backup locks the cluster: a change that an hour's backup refuses goes through a few minutes later. Any change
 * of the job replaces it, which is why nothing guards it; backups of the old job are kept, and pruned by nobody.
 */
export class BackupSchedule extends Construct {
  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: BackupScheduleProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const { frequency, retention } = props.backup;
    const { cron, perDay } = SCHEDULES[frequency];

    new ScheduledBackup(this, "Resource", {
      projectId: props.projectId,
      sourceClusterId: props.clusterId,
      schedule: cron,
      maxBackupCount: (daysOf(retention) ?? 0) * perDay,
      description: `${frequency} backup`,
      // Kurrent fills the braces in for each backup.
      backupDescription: "{cluster} {datetime:RFC3339}",
    });
  }
}
