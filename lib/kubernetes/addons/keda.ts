import { POD_REPLICAS, POD_RESOURCES } from "../../config/pod-resources";
import { CHARTS } from "../charts";
import type { ClusterRanges } from "../cluster-ranges";
import { fromApiServer, type Pods, PROMETHEUS, PROMETHEUS_PORT, policiesOf, toApiServer } from "../network-paths";
import type { PodPolicy } from "../network-policy";
import { spreadOver } from "../spread";
import { KEEP, ONE_STAYS } from "./replicas";

export interface KedaValuesProps {
  /** Whether Prometheus finds it, for which the definitions of Prometheus' operator must stand. */
  readonly serviceMonitor: boolean;
}

/** Its parts, by the chart's two names for each and by the label of their pods. */
const PARTS = [
  { deployment: "operator", part: "operator", app: "keda-operator" },
  { deployment: "metricsServer", part: "metricServer", app: "keda-operator-metrics-apiserver" },
  { deployment: "webhooks", part: "webhooks", app: "keda-admission-webhooks" },
] as const;

const each = <T>(key: "deployment" | "part", value: (it: (typeof PARTS)[number]) => T) =>
  Object.fromEntries(PARTS.map((it) => [it[key], value(it)]));

const podsOf = (app: (typeof PARTS)[number]["app"]): Pods => ({
  name: app,
  namespace: CHARTS.keda.namespace,
  labels: { app },
});
/** What asks Prometheus. */
export const KEDA_OPERATOR = podsOf("keda-operator");
const METRICS_SERVER = podsOf("keda-operator-metrics-apiserver");
const WEBHOOKS = podsOf("keda-admission-webhooks");
export const KEDA_PODS: readonly Pods[] = [KEDA_OPERATOR, METRICS_SERVER, WEBHOOKS];
/** In the containers: the chart's own. */
const PORTS = { metrics: 8080, operator: 9666, metricsServer: 6443, webhooks: 9443 } as const;

/** Whom its pods may speak to. */
export const kedaPolicies = (ranges: ClusterRanges): readonly PodPolicy[] =>
  policiesOf(KEDA_PODS, [
    toApiServer(KEDA_PODS, ranges),
    fromApiServer([METRICS_SERVER], PORTS.metricsServer, ranges),
    fromApiServer([WEBHOOKS], PORTS.webhooks, ranges),
    { from: [METRICS_SERVER], to: [KEDA_OPERATOR], ports: [PORTS.operator] },
    { from: [KEDA_OPERATOR], to: [PROMETHEUS], ports: [PROMETHEUS_PORT] },
    { from: [PROMETHEUS], to: KEDA_PODS, ports: [PORTS.metrics] },
  ]);

const { requests, limits } = POD_RESOURCES.keda;

/** Values of keda: autoscalers that follow what Prometheus is asked. */
export const kedaValues = ({ serviceMonitor }: KedaValuesProps): object => ({
  // The chart would take them along with every scaled object when it goes.
  crds: { additionalAnnotations: KEEP },
  ...each("deployment", () => ({ replicaCount: POD_REPLICAS.addon })),
  podDisruptionBudget: each("part", () => ONE_STAYS),
  topologySpreadConstraints: each("deployment", ({ app }) => spreadOver({ app }, "zone")),
  // The chart limits CPU, too; null takes that away.
  resources: each("part", () => ({ requests, limits: { cpu: null, ...limits } })),
  // By default it may read every Secret of the cluster; our queries need none.
  permissions: { operator: { restrict: { secret: true } }, metricServer: { restrict: { secret: true } } },
  // Its parts tell nothing of themselves unless asked to.
  prometheus: each("part", () => ({ enabled: true, ...(serviceMonitor && { serviceMonitor: { enabled: true } }) })),
});
