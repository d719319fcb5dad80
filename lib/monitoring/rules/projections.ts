import { DEGRADED_LAG_EVENTS } from "../metrics/cqrs";
import { series } from "../metrics/series";
import type { Alert } from "./alert";

const BY = "by (environment, side, projection)";
/** Each worker has partitions of its own: others that move say nothing of it. */
const BY_WORKER = "by (environment, side, projection, pod)";
/** Ours: what users take for broken, and what they can't work with. */
const STALE_SECONDS = { warning: 300, critical: 1800 } as const;

const stale = (severity: keyof typeof STALE_SECONDS): Alert => ({
  name: "ProjectionStale",
  severity,
  expr: `max ${BY} (${series("cqrs_projection_lag_seconds")}) > ${STALE_SECONDS[severity]}`,
  for: "5m",
  summary: "{{ $labels.projection }} is {{ $value | humanizeDuration }} behind",
  description: "Queries answer as things were then: what users have just done is not to be seen.",
  panel: { dashboard: "cqrs-projections", panel: 2 },
  followsFrom: "read-database",
});

/** Alerts on read models that fall behind what was written. */
export const PROJECTION_ALERTS: readonly Alert[] = [
  {
    name: "ProjectionLagging",
    severity: "warning",
    expr: `max ${BY} (${series("cqrs_projection_lag_events")}) >= ${DEGRADED_LAG_EVENTS}`,
    for: "5m",
    summary: "{{ $labels.projection }} has {{ $value }} events or more to process",
    description: "More is written than it processes. The count ends at a bound: it may be many more.",
    panel: { dashboard: "cqrs-projections", panel: 1 },
    followsFrom: "read-database",
  },
  {
    name: "ProjectionStuck",
    severity: "critical",
    // A pod that has just started has not moved either: hence half of the time within, and half of it without.
    expr: [
      `max ${BY_WORKER} (changes(${series("cqrs_projection_position")}[5m])) == 0`,
      `max ${BY_WORKER} (min_over_time(${series("cqrs_projection_lag_events")}[5m])) > 0`,
    ].join(" and "),
    for: "5m",
    summary:
      "{{ $labels.projection }} has not processed an event on {{ $labels.pod }} for 10 minutes, though there are some",
    description:
      "One that it can't process, or a database that does not take what it writes, holds up all that follow.",
    panel: { dashboard: "cqrs-projections", panel: 3 },
    followsFrom: "read-database",
  },
  stale("warning"),
  stale("critical"),
];
