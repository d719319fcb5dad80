/** `critical` must be mended now, `warning` within days. The chart's own rules use the same words. */
export type Severity = "critical" | "warning";

/**
 * What an outage explains: an alert of such a subject that means the outage itself silences those that follow from it.
 */
export const OUTAGES = ["event-store", "read-database", "cache", "write-monitoring"] as const;
export type Outage = (typeof OUTAGES)[number];

/** Where on a dashboard one looks. */
export interface PanelLink {
  /** The dashboard's uid. */
  readonly dashboard: string;
  /** The panel's id. */
  readonly panel: number;
}

export interface Alert {
  /** Also the name of its page in `docs/runbooks`. */
  readonly name: string;
  readonly severity: Severity;
  /** What tells it from others of its name and severity, beside its series' own labels. @default - there are no others */
  readonly labels?: Readonly<Record<string, string>>;
  readonly expr: string;
  /** How long it must hold before anybody hears of it: `'5m'`. @default - not at all */
  readonly for?: string;
  /** What is wrong, in words, with the labels of the series. */
  readonly summary: string;
  /** What it means and what it does to users. */
  readonly description: string;
  readonly panel: PanelLink;
  /** The outage that it is. */
  readonly outage?: Outage;
  /** The outage that explains it. */
  readonly followsFrom?: Outage;
}

/** What is worked out in advance, under a name of its own. */
export interface Recording {
  readonly record: string;
  readonly expr: string;
  /** Labels that it comes with, beside `environment` and `side`. */
  readonly labels: readonly string[];
}
