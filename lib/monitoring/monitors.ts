import type { Side } from "../config/side";
import { EXTERNAL_SECRETS_OPERATOR } from "../kubernetes/addons/external-secrets";
import { KEDA_OPERATOR } from "../kubernetes/addons/keda";
import { NAMESPACES } from "../kubernetes/namespaces";
import type { Pods } from "../kubernetes/network-paths";
import { LOG_SHIPPER, NGINX, PORTS } from "./pods";

interface PodMonitor {
  readonly pods: Pods;
  /** The container's port, by its name and its number. */
  readonly port: readonly [name: string, number: number];
  /** @default '/metrics' */
  readonly path?: string;
}

/** By the side whose services are in it. */
const SERVICES = { write: NAMESPACES.commands, read: NAMESPACES.queries } as const;

/** What is scraped beside the cluster itself; where one of them does not run, nothing is found. */
const podMonitors = (side: Side): readonly PodMonitor[] => [
  {
    pods: { name: "services", namespace: SERVICES[side], labels: { "app.kubernetes.io/part-of": "cqrs" } },
    port: ["metrics", PORTS.serviceMetrics],
  },
  { pods: NGINX, port: ["prometheus", PORTS.nginxMetrics] },
  { pods: KEDA_OPERATOR, port: ["metrics", PORTS.addonMetrics] },
  { pods: EXTERNAL_SECRETS_OPERATOR, port: ["metrics", PORTS.addonMetrics] },
  // The older path has none of what was given up.
  { pods: LOG_SHIPPER, port: ["http", PORTS.logShipper], path: "/api/v2/metrics/prometheus" },
];

/** Whom Prometheus asks by these monitors, and at which port. */
export const monitoredPods = (side: Side): readonly (readonly [Pods, port: number])[] =>
  podMonitors(side).map(({ pods, port: [, port] }) => [pods, port]);

/**
 * Values of `prometheus.additionalPodMonitors`. They belong to monitoring and not to what they watch: where monitoring
 * is off, nothing of it is left there. A pod's job is its own name.
 */
export const additionalPodMonitors = (side: Side): readonly object[] =>
  podMonitors(side).map(({ pods, port: [port], path = "/metrics" }) => ({
    name: pods.name,
    jobLabel: "app.kubernetes.io/name",
    namespaceSelector: { matchNames: [pods.namespace] },
    selector: { matchLabels: pods.labels },
    podMetricsEndpoints: [
      {
        port,
        path,
        relabelings: [{ sourceLabels: ["__meta_kubernetes_pod_label_cqrs_color"], targetLabel: "color" }],
      },
    ],
  }));
