import { consumerLagAlerts } from "./consumer-lag";

const dashboard = "cqrs-projections";

/** Alerts on read models that fall behind what was written. Each worker has partitions of its own. */
export const PROJECTION_ALERTS = consumerLagAlerts({
  kind: "projection",
  counts: "slowest",
  stuckBy: "pod",
  followsFrom: "read-database",
  lagging: {
    name: "ProjectionLagging",
    summary: "{{ $labels.projection }} has {{ $value }} events or more to process",
    description: "More is written than it processes. The count ends at a bound: it may be many more.",
    panel: { dashboard, panel: 1 },
  },
  stuck: {
    name: "ProjectionStuck",
    summary:
      "{{ $labels.projection }} has not processed an event on {{ $labels.pod }} for 10 minutes, though there are some",
    description:
      "One that it can't process, or a database that does not take what it writes, holds up all that follow.",
    panel: { dashboard, panel: 3 },
  },
  stale: {
    name: "ProjectionStale",
    summary: "{{ $labels.projection }} is {{ $value | humanizeDuration }} behind",
    description: "Queries answer as things were then: what users have just done is not to be seen.",
    panel: { dashboard, panel: 2 },
  },
});
