import { BOTH_SIDES, type Side } from "../../config/side";
import { not, series } from "../metrics/series";
import type { Alert } from "./alert";
import { type RuleOptions, silencedBy } from "./options";

/*
 * What the chart's own rules say well is left to them: PrometheusRuleFailures, PrometheusRemoteStorageFailures,
 * AlertmanagerFailedToSendAlerts, AlertmanagerClusterFailedToSendAlerts, TargetDown, and Watchdog, whose silence is
 * the alert that this Prometheus itself is gone.
 */

const BY = "by (environment, side)";
/** Ours. Series of a write side that is silent end after five minutes: from then on it is an outage. */
const DELAY_SECONDS = 60;

/** Targets of the write side that the write side's own Prometheus scrapes: the event store is asked from here. */
const writeSide = (environment: string) => series("up", { environment, side: "write", job: not("event-store") });

const writeSideAlerts = (environment: string): readonly Alert[] => [
  {
    name: "WriteSideSilent",
    severity: "critical",
    expr: `absent(${writeSide(environment)})`,
    for: "3m",
    summary: "Nothing is known of the write side",
    description:
      "Its Prometheus does not run or can't bring what it scrapes: no alert on commands can fire. What it keeps, it brings later.",
    panel: { dashboard: "cqrs-overview", panel: 16 },
    outage: "write-monitoring",
  },
  {
    // The chart's PrometheusRemoteWriteBehind asks what itself comes late; this asks what has come.
    name: "WriteSideDelayed",
    severity: "warning",
    expr: `time() - max ${BY} (timestamp(${writeSide(environment)})) > ${DELAY_SECONDS}`,
    for: "3m",
    summary: "What is known of the write side is {{ $value | humanizeDuration }} old",
    description: "Its Prometheus brings less than it scrapes: alerts on commands come late.",
    panel: { dashboard: "cqrs-overview", panel: 16 },
    followsFrom: "write-monitoring",
  },
  {
    // The chart's PrometheusRemoteStorageFailures speaks from 1 % on; what is refused once is never brought again.
    name: "RemoteWriteRefused",
    severity: "warning",
    expr: `sum by (environment, side, remote_name) (rate(${series("prometheus_remote_storage_samples_failed_total")}[5m])) > 0`,
    for: "15m",
    summary: "{{ $value | humanize }} samples a second of {{ $labels.remote_name }} are refused",
    description: "They are lost, and with them a part of what rules and dashboards know of the write side.",
    panel: { dashboard: "cqrs-overview", panel: 16 },
    followsFrom: "write-monitoring",
  },
];

const LOG_ALERTS: readonly Alert[] = [
  {
    name: "LogLinesDropped",
    severity: "warning",
    expr: `sum ${BY} (increase(${series("fluentbit_output_dropped_records_total")}[15m])) > 0`,
    for: "5m",
    summary: "{{ $value | humanize }} lines of logs of the {{ $labels.side }} side were given up within 15 minutes",
    description:
      "Elasticsearch refused them, or did not take them in any of the tries. They are on their nodes, for a while.",
    panel: { dashboard: "cqrs-overview", panel: 17 },
  },
  {
    name: "LogsNotShipped",
    severity: "warning",
    expr: [
      `sum ${BY} (rate(${series("fluentbit_input_records_total")}[5m])) > 0`,
      `sum ${BY} (rate(${series("fluentbit_output_proc_records_total")}[5m])) == 0`,
    ].join(" and "),
    for: "15m",
    summary: "No logs of the {{ $labels.side }} side get to Elasticsearch",
    description: "They are read and wait on their nodes until there is no room for more.",
    panel: { dashboard: "cqrs-overview", panel: 17 },
  },
];

const OTHER_ALERTS: readonly Alert[] = [
  {
    name: "SecretNotRead",
    severity: "warning",
    expr: `max by (environment, side, exported_namespace, name) (${series("externalsecret_status_condition", { condition: "Ready", status: "False" })}) == 1`,
    for: "10m",
    summary: "The secret {{ $labels.name }} in {{ $labels.exported_namespace }} can't be read",
    description:
      "Pods go on with what was read last, and a new one without any does not start. A changed password is not known.",
    panel: { dashboard: "cqrs-overview", panel: 18 },
  },
  {
    name: "CloudWatchNotRead",
    severity: "warning",
    expr: `max ${BY} (${series("cloudwatch_exporter_scrape_error")}) > 0`,
    for: "15m",
    summary: "CloudWatch can't be asked",
    description: "Of databases, caches and load balancers nothing new is known, and no alert on them can fire.",
    panel: { dashboard: "cqrs-overview", panel: 12 },
  },
];

/** Without which other alerts can't fire; those on our services and on NGINX have their own. */
const exportersOf = ({ logs, cloudWatch = true }: RuleOptions, side: Side): readonly string[] => [
  ...["kube-state-metrics", "node-exporter"],
  ...(logs ? ["fluent-bit"] : []),
  ...(cloudWatch && side === "read" ? ["prometheus-cloudwatch-exporter"] : []),
];

const absentAlert = (environment: string, side: Side, job: string): Alert => ({
  name: "ExporterAbsent",
  severity: "warning",
  labels: { job, side },
  expr: `absent(${series("up", { environment, side, job })})`,
  for: "15m",
  summary: `${job} of the ${side} side is not scraped`,
  description: "No alert on what it tells can fire.",
  panel: { dashboard: "cqrs-overview", panel: 12 },
  followsFrom: silencedBy(side),
});

/** Alerts on what the other alerts depend on. */
export const monitoringAlerts = (options: RuleOptions): readonly Alert[] => {
  const { environment, sides = BOTH_SIDES } = options;
  return [
    ...(sides.includes("write") ? writeSideAlerts(environment) : []),
    ...sides.flatMap((side) => exportersOf(options, side).map((job) => absentAlert(environment, side, job))),
    ...(options.logs ? LOG_ALERTS : []),
    ...OTHER_ALERTS,
  ];
};
