import type { Objective } from "../../config/objectives";
import { NAMESPACES } from "../../kubernetes/namespaces";
import { DEGRADED_LAG_EVENTS } from "../metrics/cqrs";
import { series } from "../metrics/series";
import type { Dashboard, Row } from "./dashboard";
import { saturationPanels } from "./saturation";
import { ENVIRONMENT, WRITE } from "./scope";
import { trafficRows } from "./traffic-rows";

const PODS = { ...WRITE, namespace: NAMESPACES.commands } as const;

const legend = "{{processor}}";

/** All pods of a processor do the same work: of several, the fastest one counts. */
const PROCESSORS: Row = {
  title: "Processors",
  panels: [
    {
      id: 12,
      kind: "timeseries",
      title: "Events to process",
      description:
        "How many events has each processor yet to process? From the line on it is degraded. The count ends at a bound: a line that is flat far up there may be any number.",
      unit: "short",
      queries: [{ expr: `min by (processor) (${series("cqrs_processor_lag_events", WRITE)})`, legend }],
      width: 6,
      thresholds: [{ from: DEGRADED_LAG_EVENTS, color: "orange" }],
    },
    {
      id: 13,
      kind: "timeseries",
      title: "Age of the oldest event to process",
      description:
        "How late does what follows from a command happen? Zero is all processed. A line that rises by a second a second is a processor that stands still.",
      unit: "s",
      queries: [{ expr: `min by (processor) (${series("cqrs_processor_lag_seconds", WRITE)})`, legend }],
      width: 6,
      thresholds: [
        { from: 300, color: "orange" },
        { from: 1800, color: "red" },
      ],
    },
    {
      id: 14,
      kind: "timeseries",
      title: "Progress in the event store's log",
      description:
        "Does each processor move on? It is positions of the log a second. Zero with events to process is one that is stuck, zero without is rest.",
      unit: "short",
      queries: [
        {
          expr: `clamp_min(max by (processor) (deriv(${series("cqrs_processor_position", WRITE)}[$__rate_interval])), 0)`,
          legend,
        },
      ],
      width: 6,
    },
    {
      id: 15,
      kind: "timeseries",
      title: "Events parked",
      description:
        "How many events has each processor parked that nobody has retried or dropped since? What follows from them has not happened.",
      unit: "none",
      queries: [{ expr: `max by (processor) (${series("cqrs_processor_parked_events", WRITE)})`, legend }],
      width: 6,
    },
  ],
};

/** Whether commands are handled, as promised, and what stands in their way. */
export const commands = (objective: Objective, types: Readonly<Record<string, Objective>>): Dashboard => ({
  uid: "cqrs-commands",
  title: "CQRS / Commands",
  description: "Are commands handled as promised, and if not, what stands in their way?",
  variables: [ENVIRONMENT],
  rows: [
    ...trafficRows({ kind: "command", total: series("cqrs_command_total", WRITE), objective, types }),
    PROCESSORS,
    {
      title: "Pods",
      panels: [
        {
          id: 8,
          kind: "timeseries",
          title: "Pods and their autoscalers",
          description:
            "Are there as many pods as there is work? An autoscaler that stays at its most has no more to give: what waits gets longer.",
          unit: "none",
          queries: [
            {
              expr: `max by (deployment) (${series("kube_deployment_status_replicas_available", PODS)})`,
              legend: "{{deployment}}: ready",
            },
            {
              expr: `max by (horizontalpodautoscaler) (${series("kube_horizontalpodautoscaler_status_current_replicas", PODS)})`,
              legend: "{{horizontalpodautoscaler}}: now",
            },
            {
              expr: `max by (horizontalpodautoscaler) (${series("kube_horizontalpodautoscaler_spec_max_replicas", PODS)})`,
              legend: "{{horizontalpodautoscaler}}: at most",
            },
          ],
          width: 12,
        },
        {
          id: 11,
          kind: "timeseries",
          title: "What KEDA reads",
          description:
            "By what are processors scaled, and can it be read? The number is what waits; one that rises while pods are at their most is work that piles up. Failures of reading are zero.",
          unit: "short",
          queries: [
            {
              expr: `max by (scaledObject, scaler) (${series("keda_scaler_metrics_value", WRITE)})`,
              legend: "{{scaledObject}}: {{scaler}}",
            },
            {
              expr: `sum by (scaledObject) (increase(${series("keda_scaler_detail_errors_total", WRITE)}[$__rate_interval]))`,
              legend: "{{scaledObject}}: failures of reading",
            },
          ],
          width: 12,
        },
        ...saturationPanels(PODS, [9, 10]),
      ],
    },
  ],
});
