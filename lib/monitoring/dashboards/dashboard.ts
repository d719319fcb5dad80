/** Grafana's units, of which we use these. */
export type Unit =
  | "short"
  | "s"
  | "ms"
  | "percent"
  | "percentunit"
  | "bytes"
  | "Bps"
  | "reqps"
  | "cps"
  | "none"
  | "dateTimeFromNow"
  | "currencyUSD";

export interface Query {
  /** PromQL, with `$environment` and `$side` where the dashboard has them. */
  readonly expr: string;
  /** What a line is called: `'{{command_type}}'`; in a table, what the column of values is. */
  readonly legend: string;
}

/** A limit that a panel shows: from this value on, this colour. */
export interface Threshold {
  readonly from: number;
  readonly color: "green" | "orange" | "red";
}

/** What a number means, in words. */
export interface ValueText {
  readonly value: number;
  readonly text: string;
  readonly color: "green" | "orange" | "red";
}

export interface Panel {
  /** One of its own in its dashboard, and for ever: alerts and bookmarks lead to it. */
  readonly id: number;
  /** `statetimeline` shows words over time. All but it and `timeseries` show what is now. */
  readonly kind: "timeseries" | "statetimeline" | "stat" | "table" | "bargauge" | "heatmap";
  readonly title: string;
  /** The question that it answers, and what a bad answer looks like. */
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** Of Grafana's 24 columns. */
  readonly width: 4 | 6 | 8 | 12 | 24;
  /** @default 8 */
  readonly height?: number;
  /** From the lowest on. Below it all is well, or nothing is where green is one of them. @default - none, and no colours */
  readonly thresholds?: readonly Threshold[];
  readonly values?: readonly ValueText[];
  /** @default - as the data is */
  readonly max?: number;
  /** What it says where there is nothing to show. @default 'No data' */
  readonly empty?: string;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** A variable of Prometheus' label values. */
export interface Variable {
  readonly name: string;
  readonly label: string;
  /** A label's values of a metric: `label_values(up, environment)`. */
  readonly query: string;
  /** Whether several can be chosen, and all. */
  readonly isMulti: boolean;
}

export interface Dashboard {
  /** For ever: links lead to it. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly Variable[];
  readonly rows: readonly Row[];
}
