import { BOTH_SIDES } from "../../config/side";
import { NAMESPACES } from "../../kubernetes/namespaces";
import { HEALTH_COMPONENTS, HEALTH_VALUES } from "../metrics/cqrs";
import { series } from "../metrics/series";
import type { Alert, Outage } from "./alert";
import { type RuleOptions, silencedBy } from "./options";

/** Pods of our services. */
export const OURS = { namespace: [NAMESPACES.commands, NAMESPACES.queries] };

/** What each kind of workload is to have and has, under one label for both. */
const WORKLOADS = [
  {
    kind: "deployment",
    wanted: series("kube_deployment_spec_replicas", OURS),
    ready: series("kube_deployment_status_replicas_available", OURS),
  },
  {
    kind: "statefulset",
    wanted: series("kube_statefulset_replicas", OURS),
    ready: series("kube_statefulset_status_replicas_ready", OURS),
  },
] as const;

const anyWorkload = (expr: (wanted: string, ready: string) => string): string =>
  WORKLOADS.map(
    ({ kind, wanted, ready }) =>
      `max by (environment, side, namespace, workload) (label_replace(${expr(wanted, ready)}, "workload", "$1", "${kind}", "(.*)"))`,
  ).join(" or ");

const ofAutoscaler = (what: "status_current" | "spec_min" | "spec_max"): string =>
  `max by (environment, side, namespace, horizontalpodautoscaler) (${series(`kube_horizontalpodautoscaler_${what}_replicas`, OURS)})`;

const WORKLOAD_ALERTS: readonly Alert[] = [
  {
    name: "WorkloadDown",
    severity: "critical",
    expr: anyWorkload((wanted, ready) => `${wanted} > 0 and ${ready} == 0`),
    for: "2m",
    summary: "No pod of {{ $labels.workload }} is ready",
    description:
      "What it does is done by nobody: an API answers nothing, processors and projections leave everything waiting.",
    panel: { dashboard: "cqrs-overview", panel: 10 },
  },
  {
    // The chart's KubeDeploymentReplicasMismatch is silent while a rollout goes on; one that hangs is what this is for.
    name: "WorkloadNotReady",
    severity: "warning",
    expr: anyWorkload((wanted, ready) => `${wanted} - ${ready} > 0 and ${ready} > 0`),
    for: "10m",
    summary: "{{ $value }} pods of {{ $labels.workload }} are not ready",
    description:
      "The others do their work. A rollout that hangs, a node without room, or a dependency that fails has kept them from it for 10 minutes.",
    panel: { dashboard: "cqrs-overview", panel: 10 },
  },
  {
    // The chart's KubePodCrashLooping sees waiting alone: who runs out of memory every 20 minutes never waits long.
    name: "ServiceRestarting",
    severity: "warning",
    expr: `sum by (environment, side, namespace, container) (increase(${series("kube_pod_container_status_restarts_total", OURS)}[1h])) > 2`,
    summary: "{{ $labels.container }} was restarted {{ $value | humanize }} times within an hour",
    description:
      "Its pods end by themselves, for lack of memory or by an error, or are ended because they do not answer.",
    panel: { dashboard: "cqrs-overview", panel: 11 },
  },
  {
    // The chart's KubeHpaMaxedOut speaks of any autoscaler after 15 minutes, which a burst may take.
    name: "AutoscalerAtMaximum",
    severity: "warning",
    // One that may have but one number has it for ever.
    expr: [
      `${ofAutoscaler("status_current")} >= ${ofAutoscaler("spec_max")}`,
      `${ofAutoscaler("spec_max")} > ${ofAutoscaler("spec_min")}`,
    ].join(" and "),
    for: "30m",
    summary: "{{ $labels.horizontalpodautoscaler }} has been at its {{ $value }} pods for half an hour",
    description: "There is more to do than it may add pods for: what waits gets longer, and answers get slower.",
    panel: { dashboard: "cqrs-commands", panel: 8 },
  },
  {
    name: "ScalerFailing",
    severity: "warning",
    expr: `sum by (environment, side, scaledObject) (rate(${series("keda_scaler_detail_errors_total")}[5m])) > 0`,
    for: "5m",
    summary: "KEDA can't read what {{ $labels.scaledObject }} is scaled by",
    description: "It stays at the pods that it has, or goes back to the fewest, however much is waiting.",
    panel: { dashboard: "cqrs-commands", panel: 11 },
  },
];

/** What takes a part of the platform along when it is away. */
const NEEDS = {
  WriteSide: "event-store",
  ReadSide: "read-database",
  EventStore: "event-store",
  Projections: "event-store",
} as const satisfies Readonly<Record<(typeof HEALTH_COMPONENTS)[number], Outage>>;

const healthAlerts = (component: keyof typeof NEEDS): readonly Alert[] => [
  {
    name: "PlatformUnhealthy",
    severity: "critical",
    labels: { component },
    expr: `${worst(component)} == ${HEALTH_VALUES.unhealthy}`,
    for: "2m",
    summary: "{{ $labels.component }} is unhealthy",
    description: "At least one pod can't do its work with it; its health page says what it tried.",
    panel: { dashboard: "cqrs-overview", panel: 1 },
    followsFrom: NEEDS[component],
  },
  {
    name: "PlatformDegraded",
    severity: "warning",
    labels: { component },
    expr: `${worst(component)} == ${HEALTH_VALUES.degraded}`,
    for: "10m",
    summary: "{{ $labels.component }} is degraded",
    description: "It works, but slower or with older answers than it should, and has for 10 minutes.",
    panel: { dashboard: "cqrs-overview", panel: 1 },
    followsFrom: NEEDS[component],
  },
];

/** The worst that any pod has found. */
const worst = (component: keyof typeof NEEDS): string =>
  `min by (environment, side, component) (${series("cqrs_health_status", { component })})`;

/** What each service is known by. The counters are there from its start, at zero. */
const signals = (environment: string) =>
  [
    { service: "command-api", side: "write", signal: series("cqrs_command_total", { environment, side: "write" }) },
    {
      service: "command-processors",
      side: "write",
      signal: series("up", { environment, side: "write", job: "command-processors" }),
    },
    { service: "query-api", side: "read", signal: series("cqrs_query_total", { environment, side: "read" }) },
    {
      service: "projections",
      side: "read",
      signal: series("cqrs_projection_lag_events", { environment, side: "read" }),
    },
  ] as const;

const absentAlerts = ({ environment, sides = BOTH_SIDES }: RuleOptions): readonly Alert[] =>
  signals(environment)
    .filter(({ side }) => sides.includes(side))
    .map(({ service, side, signal }) => ({
      name: "ServiceMetricsAbsent",
      severity: "critical",
      labels: { service },
      expr: `absent(${signal})`,
      for: "10m",
      summary: `${service} says nothing of itself`,
      description: "It does not run, or is not scraped: no alert on it can fire, whatever happens.",
      panel: { dashboard: "cqrs-overview", panel: 12 },
      followsFrom: silencedBy(side),
    }));

/** Alerts on our services' pods and on what they say about their health. */
export const serviceAlerts = (options: RuleOptions): readonly Alert[] => [
  ...WORKLOAD_ALERTS,
  ...HEALTH_COMPONENTS.flatMap(healthAlerts),
  // Where nothing is to run, nothing is missing.
  ...(options.services ? absentAlerts(options) : []),
];
