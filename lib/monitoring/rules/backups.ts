import type { Frequency } from "../../config/quantities";
import type { Side } from "../../config/side";
import { BACKUPS } from "../metrics/cqrs";
import { series } from "../metrics/series";
import type { Alert } from "./alert";
import type { RuleOptions } from "./options";

type Backup = (typeof BACKUPS)[number];

/** Whose data it is. */
const SIDES: Readonly<Record<Backup, Side>> = { "event-store": "write", "read-models": "read" };

/** Ours: hours from one to the next, and as long as one may take. A run that is missed is over them. */
const HOURS: Readonly<Record<Frequency, number>> = { hourly: 2, daily: 26 };
const panel = { dashboard: "cqrs-overview", panel: 19 } as const;

const LOST = "What is lost now is lost from then on.";

/** Alerts on backups that are not made. */
export const backupAlerts = ({ environment, backup }: RuleOptions): readonly Alert[] => {
  const frequencies: Readonly<Record<Backup, Frequency>> = {
    "event-store": backup.frequency,
    // Beside RDS's own, which needs none of ours.
    "read-models": "daily",
  };
  return BACKUPS.flatMap((name): readonly Alert[] => [
    {
      name: "BackupTooOld",
      severity: "critical",
      expr: `time() - max by (environment, side, backup) (${series("cqrs_backup_last_success_timestamp_seconds", { backup: name })}) > ${HOURS[frequencies[name]] * 3600}`,
      labels: { backup: name },
      for: "5m",
      summary: `The last backup of ${name} is {{ $value | humanizeDuration }} old`,
      description: `It is to be made ${frequencies[name]}. ${LOST}`,
      panel,
    },
    ...(backup.exported ? [absentAlert(environment, name)] : []),
  ]);
};

/** Where nothing was ever to say so, it would be an alert for ever. */
const absentAlert = (environment: string, name: Backup): Alert => ({
  name: "BackupUnknown",
  severity: "critical",
  labels: { backup: name, side: SIDES[name] },
  expr: `absent(${series("cqrs_backup_last_success_timestamp_seconds", { environment, backup: name })})`,
  for: "1h",
  summary: `Nothing says when ${name} was backed up`,
  description: `There has been no backup yet, or what watches them does not run. ${LOST}`,
  panel,
});
