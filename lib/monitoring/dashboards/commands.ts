import type { Objective } from "../../config/objectives";
import { NAMESPACES } from "../../kubernetes/namespaces";
import { series } from "../metrics/series";
import type { Dashboard } from "./dashboard";
import { saturationPanels } from "./saturation";
import { ENVIRONMENT, WRITE } from "./scope";
import { trafficRows } from "./traffic-rows";

const PODS = { ...WRITE, namespace: NAMESPACES.commands } as const;

/** Whether commands are handled, as promised, and what stands in their way. */
export const commands = (objective: Objective, types: Readonly<Record<string, Objective>>): Dashboard => ({
  uid: "cqrs-commands",
  title: "CQRS / Commands",
  description: "Are commands handled as promised, and if not, what stands in their way?",
  variables: [ENVIRONMENT],
  rows: [
    ...trafficRows({ kind: "command", total: series("cqrs_command_total", WRITE), objective, types }),
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
