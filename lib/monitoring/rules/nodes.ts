import { series } from "../metrics/series";
import type { Alert } from "./alert";

/**
 * Share of a node's disk that is left. The kubelet throws images away from 15 % on and ends pods from 10 % on; the
 * chart's NodeFilesystemAlmostOutOfSpace speaks at 5 %, when they have long been gone.
 */
const DISK_LEFT = { warning: 0.2, critical: 0.12 } as const;
/**
 * Share of a pod's volume that is left. Prometheus keeps 85 % full by itself, of which its file system takes some more;
 * Elasticsearch writes nothing more at 5 %; the chart's own KubePersistentVolumeFillingUp is critical at 3 %.
 */
const VOLUME_LEFT = { warning: 0.09, critical: 0.06 } as const;

/** Ours: EKS publishes an image every one or two weeks, and a node never gets another than its first. */
const IMAGE_DAYS = 45;
const DAY = 24 * 3600;

type Level = keyof typeof DISK_LEFT;

const disk = (severity: Level): Alert => ({
  name: "NodeDiskFilling",
  severity,
  expr: [
    `min by (environment, side, instance) (${series("node_filesystem_avail_bytes", { mountpoint: "/" })}`,
    `${series("node_filesystem_size_bytes", { mountpoint: "/" })}) < ${DISK_LEFT[severity]}`,
  ].join(" / "),
  for: "15m",
  summary: "The node {{ $labels.instance }} has {{ $value | humanizePercentage }} of its disk left",
  description: "Kubernetes throws away what images it can, and then ends pods, our services' among them.",
  panel: { dashboard: "cqrs-overview", panel: 14 },
});

const volume = (severity: Level): Alert => ({
  name: "PodVolumeFilling",
  severity,
  expr: [
    `min by (environment, side, namespace, persistentvolumeclaim) (${series("kubelet_volume_stats_available_bytes")}`,
    `${series("kubelet_volume_stats_capacity_bytes")}) < ${VOLUME_LEFT[severity]}`,
  ].join(" / "),
  for: "15m",
  summary: "The volume {{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} left",
  description: "Its pod stops, or stops writing, when there is none. Only an administrator can make it larger.",
  panel: { dashboard: "cqrs-overview", panel: 15 },
});

/** Alerts on nodes, and on what is full. */
export const NODE_ALERTS: readonly Alert[] = [
  {
    // The chart's KubeNodeNotReady waits for 15 minutes; its pods are moved after 5.
    name: "NodeNotReady",
    severity: "warning",
    expr: `min by (environment, side, node) (${series("kube_node_status_condition", { condition: "Ready", status: "true" })}) == 0`,
    for: "5m",
    summary: "The node {{ $labels.node }} is not ready",
    description:
      "Its pods are started elsewhere, if there is room; those with a volume must wait until it is let go of.",
    panel: { dashboard: "cqrs-overview", panel: 13 },
  },
  {
    name: "NodeImageOld",
    severity: "warning",
    expr: `time() - max by (environment, side, node) (${series("kube_node_created")}) > ${IMAGE_DAYS * DAY}`,
    for: "1h",
    summary: "The node {{ $labels.node }} has had one image for {{ $value | humanizeDuration }}",
    description: "EKS has published newer images since, which fix vulnerabilities of the kernel and the kubelet.",
    panel: { dashboard: "cqrs-overview", panel: 13 },
  },
  disk("warning"),
  disk("critical"),
  volume("warning"),
  volume("critical"),
];
