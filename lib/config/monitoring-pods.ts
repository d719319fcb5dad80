import { known, wholeNumber } from "../core/rules";
import type { ClusterParts } from "./cluster-parts";
import { DEFAULT_LOGS } from "./logs";
import { daemonSet, deployment, jobs, type PodGroup, requestKeys, requestsOf, statefulSet } from "./pod-groups";
import { ELASTICSEARCH_CPU, POD_REPLICAS, POD_RESOURCES } from "./pod-resources";
import { DEFAULT_PROMETHEUS, PROMETHEUS_REPLICAS } from "./prometheus";
import { MIB_PER_GIB, memoryGibOf, millicoresOf } from "./quantities";
import type { Side } from "./side";

/** Pods of monitoring in one cluster. */
export const monitoringPods = (parts: ClusterParts, side: Side): readonly PodGroup[] => [
  ...metricsPods(parts, side),
  ...(side === "read" ? readSidePods(parts) : []),
  ...(shipsLogs(parts) ? [daemonSet("fluent-bit", requestsOf(POD_RESOURCES.logShipper))] : []),
];

/** What collects metrics in each cluster. */
function metricsPods(parts: ClusterParts, side: Side): readonly PodGroup[] {
  const { infrastructure, services, monitoring } = parts;
  if (infrastructure?.monitoring?.prometheus !== true) return [];
  const { replicas = DEFAULT_PROMETHEUS.replicas, resources } = monitoring?.prometheus ?? {};
  const receives = side === "read" && services !== undefined && monitoring?.remoteWrite !== undefined;
  return [
    statefulSet(
      "prometheus",
      known(wholeNumber(PROMETHEUS_REPLICAS)).problemsOf(replicas, "").length === 0 ? Number(replicas) : 0,
      requestsOf(
        resources ?? DEFAULT_PROMETHEUS.resources,
        POD_RESOURCES.configReloader,
        ...(receives ? [POD_RESOURCES.remoteWriteReceiver] : []),
      ),
      { hasVolume: true, keys: requestKeys("monitoring.prometheus.resources.requests") },
    ),
    deployment("prometheus-operator", 1, requestsOf(POD_RESOURCES.prometheusOperator)),
    jobs("prometheus-operator-admission-create", 1, requestsOf(POD_RESOURCES.admissionJob)),
    jobs("prometheus-operator-admission-patch", 1, requestsOf(POD_RESOURCES.admissionJob)),
    deployment("kube-state-metrics", 1, requestsOf(POD_RESOURCES.kubeStateMetrics)),
    daemonSet("node-exporter", requestsOf(POD_RESOURCES.nodeExporter), { hostNetwork: true }),
    ...(services === undefined
      ? []
      : [deployment("prometheus-blackbox-exporter", 1, requestsOf(POD_RESOURCES.certificateProbes))]),
  ];
}

const shipsLogs = ({ infrastructure, services, monitoring }: ClusterParts): boolean =>
  infrastructure?.monitoring?.elasticStack === true &&
  services !== undefined &&
  monitoring?.logs?.certificateAuthority !== undefined;

/** What evaluates, shows and stores in the read side's cluster. */
function readSidePods(parts: ClusterParts): readonly PodGroup[] {
  const { prometheus, grafana, elasticStack } = parts.infrastructure?.monitoring ?? {};
  const { alertmanager, configReloader, cloudWatchExporter, grafanaSidecar, elasticOperator, kibana } = POD_RESOURCES;
  const memory = memoryGibOf(parts.monitoring?.logs?.memory ?? DEFAULT_LOGS.memory) ?? 0;
  return [
    ...(prometheus === true
      ? [
          statefulSet("alertmanager", POD_REPLICAS.alertmanager, requestsOf(alertmanager, configReloader), {
            hasVolume: true,
          }),
          deployment("prometheus-cloudwatch-exporter", 1, requestsOf(cloudWatchExporter)),
        ]
      : []),
    ...(grafana === true
      ? [deployment("grafana", 1, requestsOf(POD_RESOURCES.grafana, grafanaSidecar, grafanaSidecar))]
      : []),
    ...(elasticStack === true
      ? [
          statefulSet("elastic-operator", 1, requestsOf(elasticOperator)),
          statefulSet(
            "elasticsearch",
            POD_REPLICAS.elasticsearch,
            { cpu: millicoresOf(ELASTICSEARCH_CPU) ?? 0, memory: memory * MIB_PER_GIB },
            { hasVolume: true, keys: { memory: "monitoring.logs.memory" } },
          ),
          deployment("kibana", POD_REPLICAS.kibana, requestsOf(kibana)),
        ]
      : []),
    ...(shipsLogs(parts) ? [jobs("log-lifecycle", 1, requestsOf(POD_RESOURCES.logLifecycle))] : []),
  ];
}
