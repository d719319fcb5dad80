import { series } from "../../../../lib/monitoring/metrics/series";
import { type AlertCase, growing, inSeconds, level, missing, READ, steady, stopping, WRITE } from "./case";

const answers = (code: string) =>
  series("nginx_ingress_controller_upstream_server_response_latency_ms_count", {
    ...READ,
    code,
    resource_name: "query-api",
  });
const balancer = { ...WRITE, load_balancer: "net/production-write/1" };
const host = { ...READ, target: "queries.example.com" };
const DAY = 86_400;

export const EDGE_CASES: readonly AlertCase[] = [
  ...(
    [
      ["write", WRITE],
      ["read", READ],
    ] as const
  ).map(
    ([side, origin]): AlertCase => ({
      name: "NginxDown",
      severity: "critical",
      rule: { side },
      series: {
        [series("up", { ...origin, job: "nginx-ingress", pod: "a" })]: level(1, 0),
        [series("up", { ...origin, job: "nginx-ingress", pod: "b" })]: missing(1),
        // The other side's are its own.
        [series("up", { ...(side === "write" ? READ : WRITE), job: "nginx-ingress" })]: steady(0),
      },
      labels: origin,
      summary: `NGINX on the ${side} side does not answer`,
    }),
  ),
  ...(
    [
      ["warning", 1, 2, "1.961%"],
      ["critical", 5, 10, "9.091%"],
    ] as const
  ).map(
    ([severity, good, bad, shown]): AlertCase => ({
      name: "NginxServerErrors",
      severity,
      series: { [answers("200")]: growing(100, 100), [answers("502")]: growing(good, bad) },
      labels: READ,
      summary: `${shown} of answers on the read side are errors of the server`,
    }),
  ),
  {
    name: "NginxConfigurationRefused",
    severity: "warning",
    series: {
      [series("nginx_ingress_controller_nginx_last_reload_status", { ...READ, pod: "a" })]: level(1, 0),
      [series("nginx_ingress_controller_nginx_last_reload_status", { ...READ, pod: "b" })]: steady(1),
    },
    labels: READ,
    summary: "NGINX on the read side refuses its configuration",
  },
  {
    name: "LoadBalancerWithoutNodes",
    severity: "critical",
    series: {
      [series("aws_networkelb_healthy_host_count_average", { ...balancer, target_group: "targetgroup/nginx-1/2" })]:
        level(1, 0),
      // What brings metrics and logs is nobody's way in.
      [series("aws_networkelb_healthy_host_count_average", { ...READ, load_balancer: "net/production-monitoring/1" })]:
        steady(0),
    },
    labels: balancer,
    summary: "No node takes requests from net/production-write/1",
  },
  ...(
    [
      ["warning", 22, 20, "20"],
      ["critical", 8, 6, "6"],
    ] as const
  ).map(
    ([severity, good, bad, shown]): AlertCase => ({
      name: "CertificateExpiring",
      severity,
      series: { [series("probe_ssl_earliest_cert_expiry", host)]: inSeconds(good * DAY, bad * DAY) },
      labels: host,
      summary: `The certificate of queries.example.com ends in ${shown} days`,
    }),
  ),
  {
    name: "HostUnreachable",
    severity: "critical",
    series: { [series("probe_success", host)]: level(1, 0) },
    labels: host,
    summary: "queries.example.com does not answer with TLS",
  },
];

const succeeded = (cronjob: string) =>
  series("kube_cronjob_status_last_successful_time", { ...READ, namespace: "recovery", cronjob });

/** Minutes without a success after which it is `hours` old, and one more. */
const untried = (cronjob: "verify" | "drill", hours: number, summary: string): AlertCase => {
  const lengths = { good: 60, bad: (hours + 1) * 60, after: 60 };
  return {
    name: "BackupUntried",
    severity: "warning",
    rule: { cronjob },
    series: { [succeeded(cronjob)]: stopping(lengths), [succeeded("backup")]: stopping(lengths) },
    lengths,
    labels: { ...READ, cronjob },
    summary,
  };
};
const failedJob = { ...READ, namespace: "recovery", job_name: "backup-1" };

export const BACKUP_CASES: readonly AlertCase[] = [
  {
    name: "BackupTooOld",
    severity: "critical",
    series: {
      [succeeded("backup")]: stopping({ good: 60, bad: 180, after: 60 }),
      [succeeded("drill")]: steady(0, { good: 60, bad: 180, after: 60 }),
    },
    lengths: { good: 60, bad: 180, after: 60 },
    labels: { ...READ, cronjob: "backup" },
    summary: "The last backup of events and read models is 3h 0m 0s old",
  },
  {
    name: "BackupUnknown",
    severity: "critical",
    rule: { side: "read" },
    series: { [succeeded("backup")]: missing(1), [succeeded("verify")]: steady(1) },
    labels: { ...READ, namespace: "recovery", cronjob: "backup" },
    summary: "Nothing says when events and read models were backed up",
  },
  untried("verify", 50, "The last sound verification of the backups is 2d 3h 0m 0s old"),
  untried("drill", 204, "The last drill that came to its end is 8d 13h 0m 0s old"),
  {
    name: "RecoveryJobFailed",
    severity: "warning",
    series: {
      [series("kube_job_failed", { ...failedJob, condition: "true" })]: level(0, 1),
      [series("kube_job_failed", { ...failedJob, condition: "false" })]: level(1, 0),
      [series("kube_job_status_start_time", failedJob)]: steady(3600),
      // Of an older one everybody knows, and none but ours is ours.
      [series("kube_job_failed", { ...READ, namespace: "monitoring", job_name: "other", condition: "true" })]:
        steady(1),
      [series("kube_job_status_start_time", { ...READ, namespace: "monitoring", job_name: "other" })]: steady(3600),
    },
    labels: { ...READ, job_name: "backup-1" },
    summary: "The job backup-1 failed",
  },
];

const shares = (
  [
    ["NodeDiskFilling", "warning", 20, 15, "15%"],
    ["NodeDiskFilling", "critical", 12, 10, "10%"],
    ["PodVolumeFilling", "warning", 9, 8, "8%"],
    ["PodVolumeFilling", "critical", 6, 5, "5%"],
  ] as const
).map(([name, severity, good, bad, shown]): AlertCase => {
  const root = { ...WRITE, instance: "10.0.0.1:9100", mountpoint: "/" };
  const claim = { ...READ, namespace: "monitoring", persistentvolumeclaim: "prometheus-0" };
  return {
    name,
    severity,
    series:
      name === "NodeDiskFilling"
        ? {
            [series("node_filesystem_avail_bytes", root)]: level(good, bad),
            [series("node_filesystem_size_bytes", root)]: steady(100),
            // What is as large as it is full is no disk that fills.
            [series("node_filesystem_avail_bytes", { ...root, mountpoint: "/run/image" })]: steady(0),
            [series("node_filesystem_size_bytes", { ...root, mountpoint: "/run/image" })]: steady(100),
          }
        : {
            [series("kubelet_volume_stats_available_bytes", claim)]: level(good, bad),
            [series("kubelet_volume_stats_capacity_bytes", claim)]: steady(100),
          },
    labels:
      name === "NodeDiskFilling"
        ? { ...WRITE, instance: "10.0.0.1:9100" }
        : { ...READ, namespace: "monitoring", persistentvolumeclaim: "prometheus-0" },
    summary:
      name === "NodeDiskFilling"
        ? `The node 10.0.0.1:9100 has ${shown} of its disk left`
        : `The volume prometheus-0 has ${shown} left`,
  };
});

export const NODE_CASES: readonly AlertCase[] = [
  {
    name: "NodeNotReady",
    severity: "warning",
    series: {
      [series("kube_node_status_condition", { ...READ, node: "a", condition: "Ready", status: "true" })]: level(1, 0),
      [series("kube_node_status_condition", { ...READ, node: "b", condition: "Ready", status: "true" })]: steady(1),
    },
    labels: { ...READ, node: "a" },
    summary: "The node a is not ready",
  },
  {
    name: "NodeImageOld",
    severity: "warning",
    series: {
      [series("kube_node_created", { ...READ, node: "a" })]: inSeconds(-44 * 86_400, -46 * 86_400),
      [series("kube_node_created", { ...READ, node: "b" })]: inSeconds(-86_400, -86_400),
    },
    labels: { ...READ, node: "a" },
    summary: "The node a has had one image for 46d 0h 0m 0s",
  },
  ...shares,
];

const scraped = (job: string, origin: typeof WRITE | typeof READ) => series("up", { ...origin, job });
const absent = (
  [
    ["kube-state-metrics", WRITE],
    ["node-exporter", WRITE],
    ["fluent-bit", WRITE],
    ["kube-state-metrics", READ],
    ["node-exporter", READ],
    ["fluent-bit", READ],
    ["prometheus-cloudwatch-exporter", READ],
  ] as const
).map(
  ([job, origin]): AlertCase => ({
    name: "ExporterAbsent",
    severity: "warning",
    rule: { job, side: origin.side },
    series: { [scraped(job, origin)]: missing(1) },
    labels: { ...origin, job },
    summary: `${job} of the ${origin.side} side is not scraped`,
  }),
);
const secret = { ...WRITE, exported_namespace: "commands", name: "command-api" };
// Shorter than what a series lives on without new values, so that it is late and not gone.
const late = { good: 60, bad: 5, after: 60 };

export const MONITORING_CASES: readonly AlertCase[] = [
  {
    name: "WriteSideSilent",
    severity: "critical",
    series: {
      [scraped("command-api", WRITE)]: missing(1),
      // The read side asks the event store by itself.
      [scraped("event-store", WRITE)]: steady(1),
      [scraped("query-api", READ)]: steady(1),
    },
    labels: WRITE,
    summary: "Nothing is known of the write side",
  },
  {
    name: "WriteSideDelayed",
    severity: "warning",
    series: { [scraped("command-api", WRITE)]: "1x59 _x5 1x59", [scraped("event-store", WRITE)]: steady(1) },
    lengths: late,
    labels: WRITE,
    summary: "What is known of the write side is 5m 0s old",
  },
  {
    name: "RemoteWriteRefused",
    severity: "warning",
    series: {
      [series("prometheus_remote_storage_samples_failed_total", { ...WRITE, remote_name: "replica-0" })]: growing(
        0,
        60,
      ),
      [series("prometheus_remote_storage_samples_failed_total", { ...WRITE, remote_name: "replica-1" })]: steady(5),
    },
    labels: { ...WRITE, remote_name: "replica-0" },
    summary: "1 samples a second of replica-0 are refused",
  },
  ...absent,
  {
    name: "LogLinesDropped",
    severity: "warning",
    series: { [series("fluentbit_output_dropped_records_total", { ...WRITE, name: "es", pod: "a" })]: growing(0, 2) },
    labels: WRITE,
    summary: "30 lines of logs of the write side were given up within 15 minutes",
  },
  {
    name: "LogsNotShipped",
    severity: "warning",
    series: {
      [series("fluentbit_input_records_total", { ...READ, name: "tail", pod: "a" })]: growing(60, 60),
      [series("fluentbit_output_proc_records_total", { ...READ, name: "es", pod: "a" })]: growing(60, 0),
    },
    labels: READ,
    summary: "No logs of the read side get to Elasticsearch",
  },
  {
    name: "SecretNotRead",
    severity: "warning",
    series: {
      [series("externalsecret_status_condition", { ...secret, condition: "Ready", status: "False" })]: level(0, 1),
      [series("externalsecret_status_condition", { ...secret, condition: "Ready", status: "True" })]: level(1, 0),
    },
    labels: secret,
    summary: "The secret command-api in commands can't be read",
  },
  {
    name: "CloudWatchNotRead",
    severity: "warning",
    series: { [series("cloudwatch_exporter_scrape_error", READ)]: level(0, 1) },
    labels: READ,
    summary: "CloudWatch can't be asked",
  },
];
