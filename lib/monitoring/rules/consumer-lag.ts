import { DEGRADED_LAG_EVENTS } from "../metrics/cqrs";
import { series } from "../metrics/series";
import type { Alert, Outage, PanelLink } from "./alert";

/** What reads the event store and writes down how far it is. */
export interface ConsumerRules {
  readonly kind: "projection" | "processor";
  /** Which of its pods counts: the slowest where each has a part of the work, the fastest where all do the same. */
  readonly counts: "slowest" | "fastest";
  /** Label of what can be stuck by itself. @default - only the whole can */
  readonly stuckBy?: "pod";
  readonly followsFrom: Outage;
  readonly lagging: AlertTexts;
  readonly stuck: AlertTexts;
  readonly stale: AlertTexts;
}

interface AlertTexts extends Pick<Alert, "summary" | "description" | "name"> {
  readonly panel: PanelLink;
}

/** Ours: what users take for broken, and what they can't work with. */
const STALE_SECONDS = { warning: 300, critical: 1800 } as const;

/** Alerts on a kind of consumer that falls behind what was written. */
export function consumerLagAlerts(rules: ConsumerRules): readonly Alert[] {
  const { kind, counts, stuckBy, followsFrom } = rules;
  const aggregate = counts === "slowest" ? "max" : "min";
  const by = `by (environment, side, ${kind})`;
  const byWhatSticks = stuckBy === undefined ? by : `by (environment, side, ${kind}, ${stuckBy})`;
  const stale = (severity: keyof typeof STALE_SECONDS): Alert => ({
    ...rules.stale,
    severity,
    expr: `${aggregate} ${by} (${series(`cqrs_${kind}_lag_seconds`)}) > ${STALE_SECONDS[severity]}`,
    for: "5m",
    followsFrom,
  });
  return [
    {
      ...rules.lagging,
      severity: "warning",
      expr: `${aggregate} ${by} (${series(`cqrs_${kind}_lag_events`)}) >= ${DEGRADED_LAG_EVENTS}`,
      for: "5m",
      followsFrom,
    },
    {
      ...rules.stuck,
      severity: "critical",
      // A pod that has just started has not moved either: hence half of the time within, and half of it without.
      expr: [
        `max ${byWhatSticks} (changes(${series(`cqrs_${kind}_position`)}[5m])) == 0`,
        `${aggregate} ${byWhatSticks} (min_over_time(${series(`cqrs_${kind}_lag_events`)}[5m])) > 0`,
      ].join(" and "),
      for: "5m",
      followsFrom,
    },
    stale("warning"),
    stale("critical"),
  ];
}
