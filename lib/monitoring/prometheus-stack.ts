export interface PrometheusStackProps {
  /** Prometheus with its operator, Alertmanager, exporters and the chart's rules. */
  readonly prometheus: boolean;
  readonly grafana: boolean;
  readonly storageClassName: string;
  /** Labels of every series and alert that leaves Prometheus: `{ environment: "production", side: "read" }`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Namespace of the chart's release. */
  readonly namespace: string;
  /** Namespace of the node exporter, the only pod that needs the node's own namespaces and files. */
  readonly nodeExporterNamespace: string;
}

/** Services that the chart makes; their names begin with the release's. */
export const PROMETHEUS_STACK_SERVICES = {
  prometheus: { name: "kube-prometheus-stack-prometheus", port: 9090 },
  alertmanager: { name: "kube-prometheus-stack-alertmanager", port: 9093 },
  grafana: { name: "kube-prometheus-stack-grafana", port: 80 },
} as const;

/** The custom resources are the operator's users' data: a release that goes leaves them their definitions. */
export const PROMETHEUS_CRD_VALUES = { crds: { annotations: { "helm.sh/resource-policy": "keep" } } };

const ZONE = "topology.kubernetes.io/zone";
const OFF = { enabled: false } as const;

/** Two of what must not go with one node or one zone; one of them may be taken away at a time. */
const TWO_IN_TWO_ZONES = { replicas: 2, podAntiAffinity: "soft", podAntiAffinityTopologyKey: ZONE } as const;
const ONE_STAYS = { enabled: true, minAvailable: 1 } as const;

/** The volume can't grow through the chart: a StatefulSet's claims are for ever. */
const PROMETHEUS_VOLUME_GIB = 100;
/** Retention by size leaves room for the write-ahead log and for blocks that are being compacted. */
const RETENTION_SHARE = 0.85;

/** A memory limit alone: a throttled process looks like a broken one. */
const resources = (cpu: string, memory: string, memoryLimit = memory) => ({
  requests: { cpu, memory },
  limits: { memory: memoryLimit },
});

const claim = (storageClassName: string, storage: string) => ({
  volumeClaimTemplate: {
    spec: { storageClassName, accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } },
  },
});

/**
 * Values of kube-prometheus-stack. The definitions of its custom resources come in a release of their own: those in
 * this chart are installed with its first release or never, which might be one of Grafana alone, and no upgrade
 * reaches them but by a job that the chart calls a preview.
 */
export const prometheusStackValues = (props: PrometheusStackProps): object => ({
  crds: OFF,
  ...(props.prometheus ? prometheusValues(props) : NO_PROMETHEUS),
  grafana: props.grafana ? grafanaValues(props) : OFF,
});

/** What the chart installs unless told otherwise, and all that would need the definitions. */
const NO_PROMETHEUS = {
  alertmanager: OFF,
  coreDns: OFF,
  defaultRules: { create: false },
  kubeApiServer: OFF,
  kubeControllerManager: OFF,
  kubeEtcd: OFF,
  kubeProxy: OFF,
  kubeScheduler: OFF,
  kubeStateMetrics: OFF,
  kubelet: OFF,
  kubernetesServiceMonitors: OFF,
  nodeExporter: OFF,
  prometheus: OFF,
  prometheusOperator: OFF,
} as const;

const prometheusValues = ({ storageClassName, labels, nodeExporterNamespace }: PrometheusStackProps) => ({
  // EKS hides the control plane, and its kube-proxy answers on the node's loopback alone; their rules go with them.
  kubeControllerManager: OFF,
  kubeEtcd: OFF,
  kubeProxy: OFF,
  kubeScheduler: OFF,
  prometheusOperator: {
    resources: resources("100m", "128Mi", "256Mi"),
    prometheusConfigReloader: { resources: resources("10m", "32Mi", "64Mi") },
    admissionWebhooks: { patch: { resources: resources("10m", "32Mi", "64Mi") } },
  },
  prometheus: {
    podDisruptionBudget: ONE_STAYS,
    prometheusSpec: {
      ...TWO_IN_TWO_ZONES,
      // By default only monitors and rules of this very release count.
      podMonitorSelectorNilUsesHelmValues: false,
      probeSelectorNilUsesHelmValues: false,
      ruleSelectorNilUsesHelmValues: false,
      scrapeConfigSelectorNilUsesHelmValues: false,
      serviceMonitorSelectorNilUsesHelmValues: false,
      externalLabels: labels,
      retention: "15d",
      // Prometheus counts in powers of two: its GB is the volume's Gi.
      retentionSize: `${Math.floor(PROMETHEUS_VOLUME_GIB * RETENTION_SHARE)}GB`,
      storageSpec: claim(storageClassName, `${PROMETHEUS_VOLUME_GIB}Gi`),
      resources: resources("500m", "2Gi", "4Gi"),
    },
  },
  alertmanager: {
    podDisruptionBudget: ONE_STAYS,
    alertmanagerSpec: {
      ...TWO_IN_TWO_ZONES,
      storage: claim(storageClassName, "2Gi"),
      resources: resources("50m", "128Mi", "256Mi"),
    },
  },
  "kube-state-metrics": { resources: resources("50m", "128Mi", "512Mi") },
  "prometheus-node-exporter": {
    namespaceOverride: nodeExporterNamespace,
    resources: resources("50m", "32Mi", "128Mi"),
  },
});

/**
 * The administrator's password is in no value: the chart makes one and keeps it in its own Secret, which it looks up
 * at each upgrade (`grafana.password` in the templates of Grafana 12.11.1, the dependency of 88.5.3).
 */
const grafanaValues = ({ prometheus, storageClassName, namespace }: PrometheusStackProps) => ({
  assertNoLeakedSecrets: true,
  // One volume for one pod: a second one beside it would wait for the volume until Terraform gives up.
  deploymentStrategy: { type: "Recreate" },
  persistence: { enabled: true, type: "pvc", storageClassName, size: "10Gi" },
  // It would run as root; fsGroup does its work.
  initChownData: OFF,
  testFramework: OFF,
  "grafana.ini": { analytics: { check_for_updates: false, reporting_enabled: false } },
  resources: resources("100m", "256Mi", "512Mi"),
  // By default the sidecars may read every Secret of the cluster: dashboards and data sources are looked for here alone.
  rbac: { namespaced: true },
  sidecar: {
    resources: resources("10m", "96Mi", "192Mi"),
    dashboards: { searchNamespace: namespace },
    datasources: {
      searchNamespace: namespace,
      ...(!prometheus && { defaultDatasourceEnabled: false, alertmanager: OFF }),
    },
  },
  ...(!prometheus && { defaultDashboardsEnabled: false, serviceMonitor: OFF }),
});
