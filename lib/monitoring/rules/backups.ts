import type { Frequency } from "../../config/quantities";
import { NAMESPACES } from "../../kubernetes/namespaces";
import { series } from "../metrics/series";
import type { Alert } from "./alert";
import type { RuleOptions } from "./options";

const namespace = NAMESPACES.recovery;
const HOUR = 3600;

/** Ours: hours from one to the next, and as long as one may take. A run that is missed is over them. */
const HOURS: Readonly<Record<Frequency, number>> = { hourly: 2, daily: 26 };
/** What is tried by whom, daily and weekly: one run may fail by chance. */
const TRIALS = [
  { cronjob: "verify", hours: 50, what: "The last sound verification of the backups" },
  { cronjob: "drill", hours: 8 * 24 + 12, what: "The last drill that came to its end" },
] as const;
/** Jobs that failed are kept for longer, and the next one may have succeeded. */
const FAILED_WITHIN_HOURS = 24;

const panel = { dashboard: "cqrs-overview", panel: 19 } as const;
const LOST = "What is lost now is lost from then on.";

const ageOf = (cronjob: string): string =>
  `time() - max by (environment, side, cronjob) (${series("kube_cronjob_status_last_successful_time", { namespace, cronjob })})`;

/** Alerts on exports that are not made, and not tried. Where no job makes them, there is nothing to tell of. */
export const backupAlerts = ({ environment, backup: { frequency, exported } }: RuleOptions): readonly Alert[] =>
  exported
    ? [
        {
          name: "BackupTooOld",
          severity: "critical",
          expr: `${ageOf("backup")} > ${HOURS[frequency] * HOUR}`,
          for: "5m",
          summary: "The last backup of events and read models is {{ $value | humanizeDuration }} old",
          description: `It is to be made ${frequency}. ${LOST}`,
          panel,
        },
        {
          name: "BackupUnknown",
          severity: "critical",
          labels: { side: "read" },
          expr: `absent(${series("kube_cronjob_status_last_successful_time", { environment, namespace, cronjob: "backup" })})`,
          for: "1h",
          summary: "Nothing says when events and read models were backed up",
          description: `There has been no backup yet, or the job that makes them is gone. ${LOST}`,
          panel,
        },
        ...TRIALS.map(
          ({ cronjob, hours, what }): Alert => ({
            name: "BackupUntried",
            severity: "warning",
            labels: { cronjob },
            expr: `${ageOf(cronjob)} > ${hours * HOUR}`,
            for: "5m",
            summary: `${what} is {{ $value | humanizeDuration }} old`,
            description: "Backups are made, but whether the platform comes back from them nobody has seen since.",
            panel,
          }),
        ),
        {
          name: "RecoveryJobFailed",
          severity: "warning",
          expr: [
            `max by (environment, side, job_name) (${series("kube_job_failed", { namespace, condition: "true" })}) == 1`,
            `time() - max by (environment, side, job_name) (${series("kube_job_status_start_time", { namespace })}) < ${FAILED_WITHIN_HOURS * HOUR}`,
          ].join(" and "),
          summary: "The job {{ $labels.job_name }} failed",
          description: "It was tried three times. The next one goes on where it stopped; its log says why it did.",
          panel,
        },
      ]
    : [];
