import type { ContainerResources, CpuQuantity, MemoryQuantity } from "./services";

/** A memory limit alone: with a CPU limit, the kernel throttles a process while its node idles. */
const resources = (
  cpu: CpuQuantity,
  memory: MemoryQuantity,
  memoryLimit: MemoryQuantity = memory,
): ContainerResources => ({
  requests: { cpu, memory },
  limits: { memory: memoryLimit },
});

/**
 * Requests and limits of every container that the platform runs and that no key of an environment sets. The charts' values
 * and the comparison of pods with nodes both read them here.
 */
export const POD_RESOURCES = {
  /** A service's, and a recovery job's, where an environment does not set them. */
  service: resources("250m", "512Mi"),
  clusterAutoscaler: resources("100m", "300Mi", "600Mi"),
  externalSecrets: resources("50m", "128Mi", "256Mi"),
  externalSecretsWebhook: resources("25m", "64Mi", "128Mi"),
  externalSecretsCertController: resources("25m", "64Mi", "256Mi"),
  keda: resources("100m", "128Mi", "512Mi"),
  metricsServer: resources("100m", "200Mi", "400Mi"),
  nginx: resources("250m", "256Mi", "512Mi"),
  nginxInit: resources("50m", "64Mi"),
  prometheusOperator: resources("100m", "128Mi", "256Mi"),
  /** The operator's sidecar of Prometheus and Alertmanager. */
  configReloader: resources("10m", "32Mi", "64Mi"),
  admissionJob: resources("10m", "32Mi", "64Mi"),
  remoteWriteReceiver: resources("20m", "32Mi", "64Mi"),
  alertmanager: resources("50m", "128Mi", "256Mi"),
  kubeStateMetrics: resources("50m", "128Mi", "512Mi"),
  nodeExporter: resources("50m", "32Mi", "128Mi"),
  certificateProbes: resources("10m", "32Mi", "64Mi"),
  cloudWatchExporter: resources("50m", "256Mi", "384Mi"),
  grafana: resources("100m", "256Mi", "512Mi"),
  grafanaSidecar: resources("10m", "96Mi", "192Mi"),
  elasticOperator: resources("100m", "150Mi", "1Gi"),
  kibana: resources("500m", "2Gi"),
  logLifecycle: resources("50m", "64Mi", "128Mi"),
  logShipper: resources("50m", "64Mi", "256Mi"),
} as const;

/** CPU of an Elasticsearch node. `monitoring.logs.memory` sets its memory. */
export const ELASTICSEARCH_CPU: CpuQuantity = "1";

/** Pods of what an environment does not set a number of. */
export const POD_REPLICAS = {
  /** Two of what must not go with one node or one zone. */
  addon: 2,
  /** One a zone. */
  nginx: 3,
  alertmanager: 2,
  /** Three can lose one and still have a majority. */
  elasticsearch: 3,
  kibana: 2,
} as const;
