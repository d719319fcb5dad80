import { NAMESPACES } from "../../kubernetes/namespaces";
import { BLOCKED_READERS_SECONDS, DEGRADED_LAG_EVENTS } from "../metrics/cqrs";
import { like, series } from "../metrics/series";
import type { Dashboard } from "./dashboard";
import { saturationPanels } from "./saturation";
import { ENVIRONMENT, READ, WRITE } from "./scope";

const WORKERS = { ...READ, namespace: NAMESPACES.queries, statefulset: "projections" } as const;
const legend = "{{projection}}";

/** Whether read models keep up with what is written. */
export const PROJECTIONS: Dashboard = {
  uid: "cqrs-projections",
  title: "CQRS / Projections",
  description: "Do read models keep up with what is written?",
  variables: [ENVIRONMENT],
  rows: [
    {
      title: "Lag",
      panels: [
        {
          id: 1,
          kind: "timeseries",
          title: "Events to process",
          description:
            "How many events has each projection yet to process? From the line on it is degraded. The count ends at a bound: a line that is flat far up there may be any number.",
          unit: "short",
          queries: [{ expr: `max by (projection) (${series("cqrs_projection_lag_events", READ)})`, legend }],
          width: 8,
          thresholds: [{ from: DEGRADED_LAG_EVENTS, color: "orange" }],
        },
        {
          id: 2,
          kind: "timeseries",
          title: "Age of the oldest event to process",
          description:
            "How old are queries' answers? Zero is all processed. Seconds are as it should be, minutes are seen by users, and a line that rises by a second a second stands still.",
          unit: "s",
          queries: [{ expr: `max by (projection) (${series("cqrs_projection_lag_seconds", READ)})`, legend }],
          width: 8,
          thresholds: [
            { from: 300, color: "orange" },
            { from: 1800, color: "red" },
          ],
        },
        {
          id: 7,
          kind: "timeseries",
          title: "Age of the oldest event that is not readable",
          description:
            "Do readers get what is committed? Near zero is as it should be. A line that rises by a second a second is an open transaction on the event store's server: all projections and processors wait for it.",
          unit: "s",
          queries: [{ expr: `max(${series("cqrs_event_store_unreadable_seconds", WRITE)})`, legend: "oldest event" }],
          width: 8,
          thresholds: [{ from: BLOCKED_READERS_SECONDS, color: "red" }],
        },
      ],
    },
    {
      title: "Work",
      panels: [
        {
          id: 3,
          kind: "timeseries",
          title: "Progress in the event store's log",
          description:
            "Does each projection move on? It is positions of the log a second, by which projections can be compared. Zero with events to process is one that is stuck, zero without is rest.",
          unit: "short",
          queries: [
            {
              // Backwards is a projection that is built anew, and no progress.
              expr: `clamp_min(max by (projection) (deriv(${series("cqrs_projection_position", READ)}[$__rate_interval])), 0)`,
              legend,
            },
          ],
          width: 12,
        },
        {
          id: 4,
          kind: "timeseries",
          title: "Workers",
          description:
            "Are all workers ready? The two lines are one. A worker that is missing leaves its projections where they are, until it is back.",
          unit: "none",
          queries: [
            { expr: `max(${series("kube_statefulset_status_replicas_ready", WORKERS)})`, legend: "ready" },
            { expr: `max(${series("kube_statefulset_replicas", WORKERS)})`, legend: "wanted" },
          ],
          width: 12,
        },
        ...saturationPanels({ ...READ, namespace: NAMESPACES.queries, pod: like("projections-.+") }, [5, 6]),
      ],
    },
  ],
};
