import { NAMESPACES } from "../../kubernetes/namespaces";
import { not, series } from "../metrics/series";
import { certificatesPanel } from "./certificates";
import type { Row } from "./dashboard";
import { CHOSEN, READ } from "./scope";

/** What all of it runs on. */
export const NODES: Row = {
  title: "Clusters",
  panels: [
    {
      id: 13,
      kind: "timeseries",
      title: "Nodes",
      description:
        "How many nodes are there, and are all of them ready? Both lines of a side are one; where they part, pods of a node are moved, and those with a volume wait.",
      unit: "none",
      queries: [
        {
          expr: `sum by (side) (${series("kube_node_status_condition", { ...CHOSEN, condition: "Ready", status: "true" })})`,
          legend: "{{side}}: ready",
        },
        { expr: `count by (side) (${series("kube_node_info", CHOSEN)})`, legend: "{{side}}: all" },
      ],
      width: 8,
    },
    {
      id: 14,
      kind: "timeseries",
      title: "Nodes' disks: share that is free",
      description:
        "Is there room for images, logs and what pods write? Below 15 % the kubelet ends pods. One that falls steadily has a pod that writes without end.",
      unit: "percentunit",
      queries: [
        {
          expr: [
            `min by (side, instance) (${series("node_filesystem_avail_bytes", { ...CHOSEN, mountpoint: "/" })}`,
            `${series("node_filesystem_size_bytes", { ...CHOSEN, mountpoint: "/" })})`,
          ].join(" / "),
          legend: "{{side}} {{instance}}",
        },
      ],
      width: 8,
      thresholds: [
        { from: 0.12, color: "orange" },
        { from: 0.2, color: "green" },
      ],
      max: 1,
    },
    {
      id: 15,
      kind: "timeseries",
      title: "Pods' volumes: share that is free",
      description:
        "Which volume will be full? Its pod stops writing, and only an administrator can make it larger. Elasticsearch stops at 5 %.",
      unit: "percentunit",
      queries: [
        {
          expr: [
            `min by (side, namespace, persistentvolumeclaim) (${series("kubelet_volume_stats_available_bytes", CHOSEN)}`,
            `${series("kubelet_volume_stats_capacity_bytes", CHOSEN)})`,
          ].join(" / "),
          legend: "{{namespace}} {{persistentvolumeclaim}}",
        },
      ],
      width: 8,
      thresholds: [
        { from: 0.07, color: "orange" },
        { from: 0.12, color: "green" },
      ],
      max: 1,
    },
  ],
};

/** What is missed only when it is needed. */
export const UPKEEP: Row = {
  title: "Backups, certificates and secrets",
  panels: [
    {
      id: 19,
      kind: "bargauge",
      title: "Age of the last backup",
      description:
        "How much would be lost if everything were gone now? An hourly backup is at most two hours old, a daily one 26; beside it, when backups were last verified and a restore drilled. No data: there has been none, or no job makes any.",
      unit: "s",
      queries: [
        {
          expr: `time() - max by (cronjob) (${series("kube_cronjob_status_last_successful_time", { ...READ, namespace: NAMESPACES.recovery })})`,
          legend: "{{cronjob}}",
        },
      ],
      width: 8,
      empty: "Nobody says",
    },
    certificatesPanel(20, 8),
    {
      id: 18,
      kind: "table",
      title: "Secrets that can't be read",
      description:
        "Which secrets are not those of AWS Secrets Manager? All are zero. Pods of one that is not live on what was read last, and a new one without any does not start.",
      unit: "none",
      queries: [
        {
          expr: `max by (side, exported_namespace, name) (${series("externalsecret_status_condition", { ...CHOSEN, condition: "Ready", status: "False" })})`,
          legend: "Not read",
        },
      ],
      width: 8,
      thresholds: [{ from: 1, color: "red" }],
      empty: "None has ever failed",
    },
  ],
};

/** What all other panels depend on. */
export const MONITORING: Row = {
  title: "Monitoring itself",
  panels: [
    {
      id: 12,
      kind: "table",
      title: "Targets that do not answer",
      description:
        "Of what do we know nothing? All are zero, but for pods that come and go. Of a job that does not answer no alert can fire, nor on what AWS runs while it can't be asked.",
      unit: "none",
      queries: [
        { expr: `sum by (side, job) (1 - ${series("up", CHOSEN)})`, legend: "Silent" },
        {
          expr: `max by (side, job) (${series("cloudwatch_exporter_scrape_error", CHOSEN)})`,
          legend: "Can't ask AWS",
        },
      ],
      width: 8,
      thresholds: [{ from: 1, color: "red" }],
    },
    {
      id: 16,
      kind: "timeseries",
      title: "Delay of what the write side brings",
      description:
        "How old is what is known of the write side? It is seconds; beyond a minute alerts on commands come late, and a rise that goes on means that nothing is brought.",
      unit: "s",
      queries: [
        // The event store is of the write side, but asked from here.
        {
          expr: `time() - max by (side) (timestamp(${series("up", { ...CHOSEN, job: not("event-store") })}))`,
          legend: "{{side}}",
        },
        {
          expr: [
            `max by (side) (${series("prometheus_remote_storage_queue_highest_timestamp_seconds", CHOSEN)})`,
            `max by (side) (${series("prometheus_remote_storage_queue_highest_sent_timestamp_seconds", CHOSEN)})`,
          ].join(" - "),
          legend: "{{side}}: waits",
        },
      ],
      width: 8,
      thresholds: [{ from: 60, color: "orange" }],
    },
    {
      id: 17,
      kind: "timeseries",
      title: "Lines of logs",
      description:
        "Do all logs get to Elasticsearch? As many are taken as are read, and none is given up. Those that are were refused or not taken in any of the tries, and are on their nodes for a while only.",
      unit: "cps",
      queries: [
        {
          expr: `sum by (side) (rate(${series("fluentbit_input_records_total", CHOSEN)}[$__rate_interval]))`,
          legend: "{{side}}: read",
        },
        {
          expr: `sum by (side) (rate(${series("fluentbit_output_proc_records_total", CHOSEN)}[$__rate_interval]))`,
          legend: "{{side}}: taken",
        },
        {
          expr: `sum by (side) (rate(${series("fluentbit_output_dropped_records_total", CHOSEN)}[$__rate_interval]))`,
          legend: "{{side}}: given up",
        },
      ],
      width: 8,
    },
    {
      id: 21,
      kind: "timeseries",
      title: "Messages of alerts that nobody took",
      description:
        "Do alerts reach those on call? It is zero. A receiver that takes none makes all else silent: see why in the legend, and try its address.",
      unit: "cps",
      queries: [
        {
          expr: `sum by (integration, reason) (rate(${series("alertmanager_notifications_failed_total", CHOSEN)}[$__rate_interval]))`,
          legend: "{{integration}}: {{reason}}",
        },
      ],
      width: 12,
    },
    {
      id: 22,
      kind: "timeseries",
      title: "Rules that failed",
      description:
        "Can all rules be evaluated? It is zero. A rule that fails is an alert that can't fire, or a line on these dashboards that ends.",
      unit: "short",
      queries: [
        {
          expr: `sum by (side, rule_group) (increase(${series("prometheus_rule_evaluation_failures_total", CHOSEN)}[$__rate_interval]))`,
          legend: "{{rule_group}}",
        },
      ],
      width: 12,
    },
  ],
};
