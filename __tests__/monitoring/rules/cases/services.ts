import { HEALTH_COMPONENTS } from "../../../../lib/monitoring/metrics/cqrs";
import { series } from "../../../../lib/monitoring/metrics/series";
import { type AlertCase, growing, level, missing, READ, steady, WRITE } from "./case";

const api = { ...WRITE, namespace: "commands", deployment: "command-api-blue" };
const workers = { ...READ, namespace: "queries", statefulset: "projections" };
const scaled = { ...WRITE, namespace: "commands", horizontalpodautoscaler: "keda-hpa-command-processors" };

export const SERVICE_CASES: readonly AlertCase[] = [
  {
    name: "WorkloadDown",
    severity: "critical",
    series: {
      [series("kube_deployment_spec_replicas", api)]: steady(3),
      [series("kube_deployment_status_replicas_available", api)]: level(1, 0),
      // The other color is stopped, which is no fault.
      [series("kube_deployment_spec_replicas", { ...api, deployment: "command-api-green" })]: steady(0),
      [series("kube_deployment_status_replicas_available", { ...api, deployment: "command-api-green" })]: steady(0),
    },
    labels: { ...WRITE, namespace: "commands", workload: "command-api-blue" },
    summary: "No pod of command-api-blue is ready",
  },
  {
    name: "WorkloadNotReady",
    severity: "warning",
    series: {
      [series("kube_statefulset_replicas", workers)]: steady(5),
      [series("kube_statefulset_status_replicas_ready", workers)]: level(5, 3),
      // Of others' the chart's own rules speak.
      [series("kube_statefulset_replicas", { ...workers, namespace: "kube-system" })]: steady(5),
      [series("kube_statefulset_status_replicas_ready", { ...workers, namespace: "kube-system" })]: steady(3),
    },
    labels: { ...READ, namespace: "queries", workload: "projections" },
    summary: "2 pods of projections are not ready",
  },
  {
    name: "ServiceRestarting",
    severity: "warning",
    series: {
      // Twice an hour in the one pod, and twice in the other.
      [series("kube_pod_container_status_restarts_total", { ...api, pod: "a", container: "command-api" })]: growing(
        0,
        1 / 30,
      ),
      [series("kube_pod_container_status_restarts_total", { ...api, pod: "b", container: "command-api" })]: growing(
        0,
        1 / 30,
      ),
    },
    labels: { ...WRITE, namespace: "commands", container: "command-api" },
    summary: "command-api was restarted 4 times within an hour",
  },
  {
    name: "AutoscalerAtMaximum",
    severity: "warning",
    series: {
      [series("kube_horizontalpodautoscaler_spec_min_replicas", scaled)]: steady(5),
      [series("kube_horizontalpodautoscaler_spec_max_replicas", scaled)]: steady(20),
      // One that may have but one number has it for ever.
      [series("kube_horizontalpodautoscaler_spec_min_replicas", { ...scaled, horizontalpodautoscaler: "fixed" })]:
        steady(5),
      [series("kube_horizontalpodautoscaler_spec_max_replicas", { ...scaled, horizontalpodautoscaler: "fixed" })]:
        steady(5),
      [series("kube_horizontalpodautoscaler_status_current_replicas", { ...scaled, horizontalpodautoscaler: "fixed" })]:
        steady(5),
      [series("kube_horizontalpodautoscaler_status_current_replicas", scaled)]: level(19, 20),
    },
    labels: { ...WRITE, namespace: "commands", horizontalpodautoscaler: "keda-hpa-command-processors" },
    summary: "keda-hpa-command-processors has been at its 20 pods for half an hour",
  },
  {
    name: "ScalerFailing",
    severity: "warning",
    series: {
      [series("keda_scaler_detail_errors_total", { ...WRITE, scaledObject: "command-processors", pod: "a" })]: growing(
        0,
        2,
      ),
    },
    labels: { ...WRITE, scaledObject: "command-processors" },
    summary: "KEDA can't read what command-processors is scaled by",
  },
  ...HEALTH_COMPONENTS.flatMap((component): readonly AlertCase[] => [
    {
      name: "PlatformUnhealthy",
      severity: "critical",
      rule: { component },
      series: {
        [series("cqrs_health_status", { ...READ, component, pod: "a" })]: level(2, 0),
        [series("cqrs_health_status", { ...READ, component, pod: "b" })]: steady(2),
      },
      labels: { ...READ, component },
      summary: `${component} is unhealthy`,
    },
    {
      name: "PlatformDegraded",
      severity: "warning",
      rule: { component },
      series: { [series("cqrs_health_status", { ...READ, component })]: level(2, 1) },
      labels: { ...READ, component },
      summary: `${component} is degraded`,
    },
  ]),
  {
    name: "ServiceMetricsAbsent",
    severity: "critical",
    rule: { service: "command-api" },
    series: { [series("cqrs_command_total", { ...WRITE, command_type: "PlaceOrder", status: "failure" })]: missing(0) },
    labels: WRITE,
    summary: "command-api says nothing of itself",
  },
  {
    name: "ServiceMetricsAbsent",
    severity: "critical",
    rule: { service: "command-processors" },
    series: { [series("up", { ...WRITE, job: "command-processors" })]: missing(1) },
    labels: { ...WRITE, job: "command-processors" },
    summary: "command-processors says nothing of itself",
  },
  {
    name: "ServiceMetricsAbsent",
    severity: "critical",
    rule: { service: "query-api" },
    series: { [series("cqrs_query_total", { ...READ, query_type: "GetOrder", status: "success" })]: missing(0) },
    labels: READ,
    summary: "query-api says nothing of itself",
  },
  {
    name: "ServiceMetricsAbsent",
    severity: "critical",
    rule: { service: "projections" },
    series: { [series("cqrs_projection_lag_events", { ...READ, projection: "orders" })]: missing(0) },
    labels: READ,
    summary: "projections says nothing of itself",
  },
];

const fulfilment = { ...WRITE, processor: "fulfilment" };
const [a, b] = ["a", "b"].map((pod) => ({ ...fulfilment, pod }));

export const PROCESSOR_CASES: readonly AlertCase[] = [
  {
    name: "ProcessorLagging",
    severity: "warning",
    series: {
      [series("cqrs_processor_lag_events", a)]: level(999, 1000),
      // It is about to begin, and does what others have done.
      [series("cqrs_processor_lag_events", b)]: steady(5000),
    },
    labels: fulfilment,
    summary: "fulfilment has 1000 events or more to process",
  },
  {
    name: "ProcessorStuck",
    severity: "critical",
    series: {
      [series("cqrs_processor_position", a)]: growing(10, 0),
      [series("cqrs_processor_lag_events", a)]: level(3, 3),
      // One that is stuck alone holds up nothing.
      [series("cqrs_processor_position", b)]: steady(7),
      [series("cqrs_processor_lag_events", b)]: steady(3),
      // Nothing is to be done, so nothing moves.
      [series("cqrs_processor_position", { ...fulfilment, processor: "mails" })]: steady(7),
      [series("cqrs_processor_lag_events", { ...fulfilment, processor: "mails" })]: steady(0),
    },
    labels: fulfilment,
    summary: "fulfilment has not processed an event for 10 minutes, though there are some",
  },
  {
    name: "ProcessorStale",
    severity: "warning",
    series: { [series("cqrs_processor_lag_seconds", a)]: level(300, 360) },
    labels: fulfilment,
    summary: "fulfilment is 6m 0s behind",
  },
  {
    name: "ProcessorStale",
    severity: "critical",
    series: { [series("cqrs_processor_lag_seconds", a)]: level(1800, 7200) },
    labels: fulfilment,
    summary: "fulfilment is 2h 0m 0s behind",
  },
  {
    name: "ProcessorEventsParked",
    severity: "warning",
    series: {
      // Each pod counts the same; one has not asked since.
      [series("cqrs_processor_parked_events", a)]: level(0, 2),
      [series("cqrs_processor_parked_events", b)]: steady(0),
    },
    labels: fulfilment,
    summary: "2 events are parked by fulfilment",
  },
];

const orders = { ...READ, projection: "orders" };

export const PROJECTION_CASES: readonly AlertCase[] = [
  {
    name: "ProjectionLagging",
    severity: "warning",
    series: { [series("cqrs_projection_lag_events", orders)]: level(999, 1000) },
    labels: orders,
    summary: "orders has 1000 events or more to process",
  },
  {
    name: "ProjectionStuck",
    severity: "critical",
    series: {
      [series("cqrs_projection_position", { ...orders, pod: "projections-1" })]: growing(10, 0),
      [series("cqrs_projection_lag_events", { ...orders, pod: "projections-1" })]: level(3, 3),
      // Another worker goes on.
      [series("cqrs_projection_position", { ...orders, pod: "projections-0" })]: growing(10, 10),
      [series("cqrs_projection_lag_events", { ...orders, pod: "projections-0" })]: level(3, 3),
      // Nothing is to be done, so nothing moves.
      [series("cqrs_projection_position", { ...orders, projection: "stock" })]: steady(7),
      [series("cqrs_projection_lag_events", { ...orders, projection: "stock" })]: steady(0),
    },
    labels: { ...orders, pod: "projections-1" },
    summary: "orders has not processed an event on projections-1 for 10 minutes, though there are some",
  },
  {
    name: "ProjectionStale",
    severity: "warning",
    series: { [series("cqrs_projection_lag_seconds", orders)]: level(300, 360) },
    labels: orders,
    summary: "orders is 6m 0s behind",
  },
  {
    name: "ProjectionStale",
    severity: "critical",
    series: { [series("cqrs_projection_lag_seconds", orders)]: level(1800, 7200) },
    labels: orders,
    summary: "orders is 2h 0m 0s behind",
  },
];
