import type { Side } from "../config/side";
import { CHARTS } from "../kubernetes/charts";
import { NAMESPACES } from "../kubernetes/namespaces";

interface PodMonitor {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The container's port by name. */
  readonly port: string;
  /** @default '/metrics' */
  readonly path?: string;
}

const NAME = "app.kubernetes.io/name";

/** By the side whose services are in it. */
const SERVICES = { write: NAMESPACES.commands, read: NAMESPACES.queries } as const;

/** What is scraped beside the cluster itself; where one of them does not run, nothing is found. */
const podMonitors = (side: Side): readonly PodMonitor[] => [
  { name: "services", namespace: SERVICES[side], labels: { "app.kubernetes.io/part-of": "cqrs" }, port: "metrics" },
  {
    name: CHARTS.nginxIngress.name,
    namespace: CHARTS.nginxIngress.namespace,
    labels: { [NAME]: CHARTS.nginxIngress.name },
    port: "prometheus",
  },
  { name: "keda-operator", namespace: CHARTS.keda.namespace, labels: { [NAME]: "keda-operator" }, port: "metrics" },
  {
    name: CHARTS.externalSecrets.name,
    namespace: CHARTS.externalSecrets.namespace,
    labels: { [NAME]: CHARTS.externalSecrets.name },
    port: "metrics",
  },
  {
    name: CHARTS.fluentBit.name,
    namespace: CHARTS.fluentBit.namespace,
    labels: { [NAME]: CHARTS.fluentBit.name },
    port: "http",
    // The older path has none of what was given up.
    path: "/api/v2/metrics/prometheus",
  },
];

/**
 * Values of `prometheus.additionalPodMonitors`. They belong to monitoring and not to what they watch: where monitoring
 * is off, nothing of it is left there. A pod's job is its own name.
 */
export const additionalPodMonitors = (side: Side): readonly object[] =>
  podMonitors(side).map(({ name, namespace, labels, port, path = "/metrics" }) => ({
    name,
    jobLabel: NAME,
    namespaceSelector: { matchNames: [namespace] },
    selector: { matchLabels: labels },
    podMetricsEndpoints: [
      {
        port,
        path,
        relabelings: [{ sourceLabels: ["__meta_kubernetes_pod_label_cqrs_color"], targetLabel: "color" }],
      },
    ],
  }));
