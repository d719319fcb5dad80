import { POD_REPLICAS, POD_RESOURCES } from "../../config/pod-resources";
import { spreadOver } from "../spread";
import { ONE_STAYS } from "./replicas";

export interface MetricsServerValuesProps {
  /** Whether Prometheus finds it, for which the definitions of Prometheus' operator must stand. */
  readonly serviceMonitor: boolean;
}

/** Values of metrics-server: what autoscalers know of CPU and memory. */
export const metricsServerValues = ({ serviceMonitor }: MetricsServerValuesProps): object => ({
  replicas: POD_REPLICAS.addon,
  podDisruptionBudget: { enabled: true, ...ONE_STAYS },
  resources: POD_RESOURCES.metricsServer,
  topologySpreadConstraints: spreadOver(
    { "app.kubernetes.io/name": "metrics-server", "app.kubernetes.io/instance": "metrics-server" },
    "zone",
  ),
  ...(serviceMonitor && { metrics: { enabled: true }, serviceMonitor: { enabled: true } }),
});
