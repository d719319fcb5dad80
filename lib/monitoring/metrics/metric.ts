/** What one name of a metric stands for. */
export interface Metric {
  readonly type: "counter" | "gauge" | "histogram";
  /** What is counted or measured, in which unit. */
  readonly help: string;
  /** Labels that its maker gives it, each with all values that it can have, or with `ANY` where they are not ours to list. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
  /** Upper bounds of a histogram's buckets, but the last, which has none. */
  readonly buckets?: readonly number[];
}

/** Values that are not known here. */
export const ANY: readonly string[] = [];

/** Labels that a scrape adds, or that our Prometheus gives to each of its targets. */
export const TARGET_LABELS = {
  environment: ANY,
  side: ["write", "read"],
  job: ANY,
  instance: ANY,
  namespace: ANY,
  service: ANY,
  pod: ANY,
  container: ANY,
  endpoint: ANY,
  /** Of a pod that is released blue-green. */
  color: ["blue", "green"],
} as const;
