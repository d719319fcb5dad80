import { NAMESPACES } from "../../kubernetes/namespaces";
import { DEGRADED_LAG_EVENTS, HEALTH_VALUES } from "../metrics/cqrs";
import { series } from "../metrics/series";
import type { Dashboard, Panel, Row, ValueText } from "./dashboard";
import { MONITORING, NODES, UPKEEP } from "./overview-ground";
import { CHOSEN, ENVIRONMENT, recorded, SIDE } from "./scope";

const OURS = { ...CHOSEN, namespace: [NAMESPACES.commands, NAMESPACES.queries] };

const HEALTH_TEXTS: readonly ValueText[] = [
  { value: HEALTH_VALUES.healthy, text: "Healthy", color: "green" },
  { value: HEALTH_VALUES.degraded, text: "Degraded", color: "orange" },
  { value: HEALTH_VALUES.unhealthy, text: "Unhealthy", color: "red" },
];
/** The worst that any pod has found. */
const health = `min by (component) (${series("cqrs_health_status", CHOSEN)})`;

const HEALTH: Row = {
  title: "Health",
  panels: [
    {
      id: 1,
      kind: "stat",
      title: "Health now",
      description:
        "Does each of the platform's four parts work? It is the worst that any pod has found: one that is degraded works slowly or with old answers, one that is unhealthy does not work for at least one pod. No data: no pod says anything.",
      unit: "none",
      queries: [{ expr: health, legend: "{{component}}" }],
      width: 12,
      values: HEALTH_TEXTS,
      empty: "Nobody says",
    },
    {
      id: 2,
      kind: "statetimeline",
      title: "Health over time",
      description:
        "Since when has a part not worked, and did others follow it? The one that changed first is where to look. A gap means that nobody said.",
      unit: "none",
      queries: [{ expr: health, legend: "{{component}}" }],
      width: 12,
      values: HEALTH_TEXTS,
    },
  ],
};

/** What users see of commands and queries: how many, how many failed, how slow. */
const traffic = (kind: "command" | "query", firstId: number): readonly Panel[] => {
  const label = `${kind}_type`;
  const [many, one] = kind === "command" ? ["Commands", "command"] : ["Queries", "query"];
  const rate = (what: string) => `sum by (side) (${recorded(`cqrs:${kind}_${what}:rate5m`, CHOSEN)})`;
  return [
    {
      id: firstId,
      kind: "timeseries",
      title: `${many}: rate`,
      description: `How many ${many.toLowerCase()} are answered? A fall without a reason means that they do not reach the API, or that clients have given up.`,
      unit: "reqps",
      queries: [{ expr: rate("rate"), legend: "answered" }],
      width: 8,
    },
    {
      id: firstId + 1,
      kind: "timeseries",
      title: `${many}: share that fails`,
      description: `Which share of ${many.toLowerCase()} fails through our fault? What is refused with reason is not counted. It is zero; beyond a thousandth more is spent than is promised by default.`,
      unit: "percentunit",
      queries: [{ expr: `${rate("failures")} / ${rate("rate")}`, legend: "failed" }],
      width: 8,
    },
    {
      id: firstId + 2,
      kind: "timeseries",
      title: `${many}: slowest 1 %`,
      description: `How long do the slowest of each ${one}'s answers take? A rise of all at once is a dependency, that of one its own doing.`,
      unit: "s",
      queries: [{ expr: recorded(`cqrs:${kind}_duration:p99_rate5m`, CHOSEN), legend: `{{${label}}}` }],
      width: 8,
    },
  ];
};

/** Pods that are wanted and not ready, of both kinds of workloads under one label. */
const missing = [
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
]
  .map(
    ({ kind, wanted, ready }) =>
      `max by (side, namespace, workload) (label_replace(${wanted} - ${ready}, "workload", "$1", "${kind}", "(.*)"))`,
  )
  .join(" or ");

const SERVICES: Row = {
  title: "Services",
  panels: [
    {
      id: 9,
      kind: "timeseries",
      title: "Projections and processors: events to process",
      description:
        "How far are read models, and what follows from commands, behind what was written? From the line on, one is degraded. One that only rises does not keep up or is stuck.",
      unit: "short",
      queries: [
        {
          expr: `max by (projection) (${series("cqrs_projection_lag_events", CHOSEN)})`,
          legend: "{{projection}}",
        },
        {
          expr: `min by (processor) (${series("cqrs_processor_lag_events", CHOSEN)})`,
          legend: "{{processor}}",
        },
      ],
      width: 8,
      thresholds: [{ from: DEGRADED_LAG_EVENTS, color: "orange" }],
    },
    {
      id: 10,
      kind: "table",
      title: "Pods that are not ready",
      description:
        "Of which service are pods missing? All are zero, but for minutes during a rollout. A service whose pods are all missing does nothing.",
      unit: "none",
      queries: [{ expr: missing, legend: "Not ready" }],
      width: 8,
      thresholds: [{ from: 1, color: "red" }],
    },
    {
      id: 11,
      kind: "timeseries",
      title: "Restarts in an hour",
      description:
        "Which containers end and are started again? Any at all is worth a look, more than two an hour are an alert: they lack memory, fail, or do not answer.",
      unit: "short",
      queries: [
        {
          expr: `sum by (side, namespace, container) (increase(${series("kube_pod_container_status_restarts_total", OURS)}[1h]))`,
          legend: "{{namespace}} {{container}}",
        },
      ],
      width: 8,
      thresholds: [{ from: 2, color: "orange" }],
    },
    {
      id: 23,
      kind: "table",
      title: "Version that runs",
      description:
        "Which version of each service runs, and in how many pods? Two of one service at the same time are a release that goes on, or one that hangs.",
      unit: "none",
      queries: [
        { expr: `count by (side, job, version, revision) (${series("cqrs_build_info", CHOSEN)})`, legend: "Pods" },
      ],
      width: 24,
      height: 6,
    },
  ],
};

/** Whether all is well, and if not, where to look. */
export const OVERVIEW: Dashboard = {
  uid: "cqrs-overview",
  title: "CQRS / Overview",
  description: "Is all well, and if not, where is it not?",
  variables: [ENVIRONMENT, SIDE],
  rows: [
    HEALTH,
    { title: "Commands", panels: traffic("command", 3) },
    { title: "Queries", panels: traffic("query", 6) },
    SERVICES,
    NODES,
    UPKEEP,
    MONITORING,
  ],
};
