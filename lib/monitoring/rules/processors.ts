import { series } from "../metrics/series";
import type { Alert } from "./alert";
import { consumerLagAlerts } from "./consumer-lag";

const dashboard = "cqrs-commands";
const BY = "by (environment, side, processor)";

/** Alerts on what follows from events and is not done. All pods of a processor do the same work: the fastest one counts. */
export const PROCESSOR_ALERTS: readonly Alert[] = [
  ...consumerLagAlerts({
    kind: "processor",
    counts: "fastest",
    followsFrom: "event-store",
    lagging: {
      name: "ProcessorLagging",
      summary: "{{ $labels.processor }} has {{ $value }} events or more to process",
      description: "More is written than it processes. The count ends at a bound: it may be many more.",
      panel: { dashboard, panel: 12 },
    },
    stuck: {
      name: "ProcessorStuck",
      summary: "{{ $labels.processor }} has not processed an event for 10 minutes, though there are some",
      description: "No pod goes on: what follows from commands, such as a confirmation, does not happen.",
      panel: { dashboard, panel: 14 },
    },
    stale: {
      name: "ProcessorStale",
      summary: "{{ $labels.processor }} is {{ $value | humanizeDuration }} behind",
      description: "What follows from commands happens that much later.",
      panel: { dashboard, panel: 13 },
    },
  }),
  {
    name: "ProcessorEventsParked",
    severity: "warning",
    expr: `max ${BY} (${series("cqrs_processor_parked_events")}) > 0`,
    for: "1m",
    summary: "{{ $value }} events are parked by {{ $labels.processor }}",
    description:
      "It failed at them nine times and went on: what follows from them has not happened, until somebody has them tried again or drops them.",
    panel: { dashboard, panel: 15 },
  },
];
