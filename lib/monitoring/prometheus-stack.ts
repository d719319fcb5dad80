import { POD_RESOURCES } from "../config/pod-resources";

/** Services that the chart makes; their names begin with the release's. */
export const PROMETHEUS_STACK_SERVICES = {
  prometheus: { name: "kube-prometheus-stack-prometheus", port: 9090 },
  alertmanager: { name: "kube-prometheus-stack-alertmanager", port: 9093 },
  grafana: { name: "kube-prometheus-stack-grafana", port: 80 },
} as const;

/** The custom resources are the operator's users' data: a release that goes leaves them their definitions. */
export const PROMETHEUS_CRD_VALUES = { crds: { annotations: { "helm.sh/resource-policy": "keep" } } };

/** The parts of the chart that are on, each with its own values. */
export interface PrometheusStackProps {
  /** With it come the operator and the exporters of the cluster. */
  readonly prometheus?: object;
  /** Our rules beside the chart's. @default - neither: another Prometheus evaluates them */
  readonly rules?: object;
  readonly alertmanager?: object;
  readonly grafana?: object;
  /** Namespace of the node exporter, the only pod that needs the node's own namespaces and files. */
  readonly nodeExporterNamespace: string;
}

const OFF = { enabled: false } as const;

/**
 * Values of kube-prometheus-stack. The definitions of its custom resources come in a release of their own: those in
 * this chart are installed with its first release or never, which might be one of Grafana alone, and no upgrade
 * reaches them but by a job that the chart calls a preview.
 */
export const prometheusStackValues = ({ prometheus, grafana, ...props }: PrometheusStackProps): object => ({
  crds: OFF,
  ...(prometheus === undefined ? NO_PROMETHEUS : withPrometheus(prometheus, props)),
  grafana: grafana ?? OFF,
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

const withPrometheus = (
  prometheus: object,
  { rules, alertmanager, nodeExporterNamespace }: Omit<PrometheusStackProps, "prometheus" | "grafana">,
) => ({
  // EKS hides the control plane, and its kube-proxy answers on the node's loopback alone; their rules go with them.
  kubeControllerManager: OFF,
  kubeEtcd: OFF,
  kubeProxy: OFF,
  kubeScheduler: OFF,
  prometheusOperator: {
    resources: POD_RESOURCES.prometheusOperator,
    prometheusConfigReloader: { resources: POD_RESOURCES.configReloader },
    admissionWebhooks: { patch: { resources: POD_RESOURCES.admissionJob } },
  },
  prometheus,
  alertmanager: alertmanager ?? OFF,
  ...(rules === undefined
    ? { defaultRules: { create: false } }
    : {
        defaultRules: {
          // The chart's own alerts tell clusters apart, and so, as ours, environments and sides.
          additionalAggregationLabels: ["environment", "side"],
          // It fires forever for an autoscaler with one number. AutoscalerAtMaximum replaces it.
          disabled: { KubeHpaMaxedOut: true },
        },
        additionalPrometheusRulesMap: rules,
      }),
  "kube-state-metrics": {
    resources: POD_RESOURCES.kubeStateMetrics,
    // What a node costs depends on what it is.
    metricLabelsAllowlist: ["nodes=[node.kubernetes.io/instance-type]"],
  },
  "prometheus-node-exporter": {
    namespaceOverride: nodeExporterNamespace,
    resources: POD_RESOURCES.nodeExporter,
  },
});
