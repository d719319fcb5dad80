import { CHARTS } from "../kubernetes/charts";
import { NAMESPACES } from "../kubernetes/namespaces";
import { type Pods, PROMETHEUS, PROMETHEUS_PORT } from "../kubernetes/network-paths";

const NAME = "app.kubernetes.io/name";
const inMonitoring = (name: string, labels: Pods["labels"] = { [NAME]: name }): Pods => ({
  name,
  namespace: NAMESPACES.monitoring,
  labels,
});
const inElastic = (name: string, labels: Pods["labels"] = { "common.k8s.elastic.co/type": name }): Pods => ({
  name,
  namespace: CHARTS.eckStack.namespace,
  labels,
});
const inSystem = (name: string, labels: Pods["labels"]): Pods => ({ name, namespace: NAMESPACES.system, labels });
const ofChart = ({ name, namespace }: { readonly name: string; readonly namespace: string }): Pods => ({
  name,
  namespace,
  labels: { [NAME]: name },
});

export const ALERTMANAGER = inMonitoring("alertmanager");
export const GRAFANA = inMonitoring("grafana");
export const KUBE_STATE_METRICS = inMonitoring("kube-state-metrics");
export const PROMETHEUS_OPERATOR = inMonitoring("prometheus-operator", {
  app: `${CHARTS.kubePrometheusStack.name}-operator`,
});
/** Jobs that make the certificate of the operator's webhook, before and after each release. */
export const ADMISSION_JOBS = inMonitoring("prometheus-operator-admission", {
  "app.kubernetes.io/component": "prometheus-operator-webhook",
});
export const BLACKBOX_EXPORTER = ofChart(CHARTS.blackboxExporter);
export const CLOUDWATCH_EXPORTER = inMonitoring(CHARTS.cloudWatchExporter.name, {
  app: CHARTS.cloudWatchExporter.name,
});
export const ELASTICSEARCH = inElastic("elasticsearch");
export const KIBANA = inElastic("kibana");
/** The job that tells Elasticsearch how long logs are kept. */
export const LOG_LIFECYCLE = inElastic("log-lifecycle", { [NAME]: "log-lifecycle" });
export const ELASTIC_OPERATOR: Pods = {
  name: "elastic-operator",
  namespace: CHARTS.eckOperator.namespace,
  labels: { [NAME]: "elastic-operator" },
};
/** Fluent Bit, which ships a node's lines. */
export const LOG_SHIPPER = ofChart(CHARTS.fluentBit);

/** Pods that others run. */
export const NGINX = ofChart(CHARTS.nginxIngress);
export const CLUSTER_DNS = inSystem("kube-dns", { "k8s-app": "kube-dns" });
export const METRICS_SERVER = inSystem("metrics-server", { [NAME]: "metrics-server" });
export const CLUSTER_AUTOSCALER = inSystem("cluster-autoscaler", { [NAME]: "aws-cluster-autoscaler" });

/** What monitoring runs in a cluster, by the parts that are on. The node exporter works in the node's own network. */
export const MONITORING_PODS = {
  prometheus: [PROMETHEUS, PROMETHEUS_OPERATOR, ADMISSION_JOBS, KUBE_STATE_METRICS],
  certificateProbes: [BLACKBOX_EXPORTER],
  alertmanager: [ALERTMANAGER],
  cloudWatch: [CLOUDWATCH_EXPORTER],
  grafana: [GRAFANA],
  elasticStack: [ELASTIC_OPERATOR, ELASTICSEARCH, KIBANA],
  logLifecycle: [LOG_LIFECYCLE],
  logShipper: [LOG_SHIPPER],
} as const satisfies Readonly<Record<string, readonly Pods[]>>;

export type MonitoringPart = keyof typeof MONITORING_PODS;

/** Where they listen in their containers: the charts' own ports, and their operators'. */
export const PORTS = {
  prometheus: PROMETHEUS_PORT,
  alertmanager: 9093,
  /** Alertmanager's replicas tell each other what they have told. */
  gossip: 9094,
  /** Of Prometheus and Alertmanager: the operator's sidecar, which has metrics of its own. */
  reloader: 8080,
  grafana: 3000,
  kubeStateMetrics: 8080,
  prometheusOperator: 10_250,
  blackboxExporter: 9115,
  cloudWatchExporter: 9106,
  nodeExporter: 9100,
  elasticsearch: 9200,
  /** Elasticsearch's nodes among themselves. */
  transport: 9300,
  elasticOperator: 9443,
  logShipper: 2020,
  nginx: 443,
  nginxMetrics: 9113,
  serviceMetrics: 9090,
  addonMetrics: 8080,
  kubelet: 10_250,
  clusterDns: 9153,
  metricsServer: 10_250,
  clusterAutoscaler: 8085,
} as const;
