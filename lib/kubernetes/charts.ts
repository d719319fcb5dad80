import { NAMESPACES } from "./namespaces";

/** A Helm chart: where it is, which version of it, and where it goes. */
export interface Chart {
  readonly name: string;
  readonly repository: string;
  /** Exact: the provider plans one version and would be surprised by another. */
  readonly version: string;
  readonly namespace: string;
}

/** Every chart that we install. A raised version is a decision: the chart's notes on upgrades come before the number. */
export const CHARTS = {
  prometheusOperatorCrds: {
    name: "prometheus-operator-crds",
    repository: "https://prometheus-community.github.io/helm-charts",
    // Of the same operator as kube-prometheus-stack, v0.93.1: the two are raised together.
    version: "31.0.1",
    namespace: NAMESPACES.monitoring,
  },
  kubePrometheusStack: {
    name: "kube-prometheus-stack",
    repository: "https://prometheus-community.github.io/helm-charts",
    version: "88.5.3",
    namespace: NAMESPACES.monitoring,
  },
  eckOperator: {
    name: "eck-operator",
    repository: "https://helm.elastic.co",
    version: "3.5.0",
    namespace: "elastic-system",
  },
  eckStack: { name: "eck-stack", repository: "https://helm.elastic.co", version: "0.20.0", namespace: "elastic" },
  fluentBit: {
    name: "fluent-bit",
    repository: "https://fluent.github.io/helm-charts",
    version: "0.58.1",
    namespace: "logging",
  },
  cloudWatchExporter: {
    name: "prometheus-cloudwatch-exporter",
    repository: "https://prometheus-community.github.io/helm-charts",
    version: "0.28.1",
    namespace: NAMESPACES.monitoring,
  },
  blackboxExporter: {
    name: "prometheus-blackbox-exporter",
    repository: "https://prometheus-community.github.io/helm-charts",
    version: "11.17.2",
    namespace: NAMESPACES.monitoring,
  },
  metricsServer: {
    name: "metrics-server",
    repository: "https://kubernetes-sigs.github.io/metrics-server/",
    version: "3.13.1",
    namespace: NAMESPACES.system,
  },
  externalSecrets: {
    name: "external-secrets",
    repository: "https://charts.external-secrets.io",
    version: "2.9.0",
    namespace: "external-secrets",
  },
  keda: { name: "keda", repository: "https://kedacore.github.io/charts", version: "2.20.2", namespace: "keda" },
  clusterAutoscaler: {
    name: "cluster-autoscaler",
    repository: "https://kubernetes.github.io/autoscaler",
    version: "9.59.0",
    namespace: NAMESPACES.system,
  },
  // F5's, which reads plain Ingresses; the community's ingress-nginx has been retired.
  nginxIngress: {
    name: "nginx-ingress",
    repository: "oci://ghcr.io/nginx/charts",
    version: "2.6.4",
    namespace: NAMESPACES.ingress,
  },
} as const satisfies Readonly<Record<string, Chart>>;

export type ChartKey = keyof typeof CHARTS;
