import { like, type Pattern, series } from "../metrics/series";
import type { Outage } from "./alert";

/** What users ask for: one of two kinds, each with types of its own. */
export interface Traffic {
  readonly kind: "command" | "query";
  readonly label: "command_type" | "query_type";
  /** Answers, and those of them that are failures. */
  readonly all: string;
  readonly failed: string;
  /** Answers of which the time is known, all and by their buckets. */
  readonly timed: string;
  readonly buckets: string;
  /** Those that took at most so many seconds, of some types. */
  inTime(seconds: number, types: string | Pattern | undefined): string;
  readonly dashboard: "cqrs-commands" | "cqrs-queries";
  /** What explains that they fail, and that they are slow. */
  readonly followsFrom: { readonly failures: Outage; readonly slow: Outage };
}

/** Prometheus 3 stores a whole bound as `1.0`; an older one, as it was exported. */
const bound = (seconds: number): string | Pattern =>
  Number.isInteger(seconds) ? like(`${seconds}(\\.0)?`) : `${seconds}`;

export const COMMANDS: Traffic = {
  kind: "command",
  label: "command_type",
  all: series("cqrs_command_total"),
  failed: series("cqrs_command_total", { status: "failure" }),
  timed: series("cqrs_command_duration_count"),
  buckets: series("cqrs_command_duration_bucket"),
  inTime: (seconds, command_type) => series("cqrs_command_duration_bucket", { command_type, le: bound(seconds) }),
  dashboard: "cqrs-commands",
  followsFrom: { failures: "event-store", slow: "event-store" },
};

export const QUERIES: Traffic = {
  kind: "query",
  label: "query_type",
  all: series("cqrs_query_total"),
  failed: series("cqrs_query_total", { status: "failure" }),
  timed: series("cqrs_query_duration_count"),
  buckets: series("cqrs_query_duration_bucket"),
  inTime: (seconds, query_type) => series("cqrs_query_duration_bucket", { query_type, le: bound(seconds) }),
  dashboard: "cqrs-queries",
  followsFrom: { failures: "read-database", slow: "cache" },
};
