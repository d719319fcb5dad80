/*
 * What a line of our services' logs says. The runtime writes by these names, Elasticsearch finds by them: this file has
 * no imports, so that both can have it.
 */

/** How a field is found: by its words, as it is, by its size, or by its time. */
type FieldType = "match_only_text" | "keyword" | "long" | "double" | "date";

/** Fields of a line, one JSON object, by their names. */
export const LOG_FIELDS = {
  /** When it was written, ISO 8601. */
  timestamp: "date",
  /** trace, debug, info, warn, error or fatal. */
  level: "keyword",
  message: "match_only_text",
  /** command-api, command-processors, query-api or projections. */
  service: "keyword",
  version: "keyword",
  /** The same on every line that one request caused, on both sides. */
  correlation_id: "keyword",
  /** What caused it: the command's or the event's id. */
  causation_id: "keyword",
  /** W3C trace context. */
  trace_id: "keyword",
  span_id: "keyword",
  command_type: "keyword",
  query_type: "keyword",
  event_type: "keyword",
  stream: "keyword",
  projection: "keyword",
  status: "keyword",
  duration_ms: "double",
  error: "match_only_text",
  error_type: "keyword",
} as const satisfies Readonly<Record<string, FieldType>>;

/** What the shipper adds: where a line is from. */
export const ORIGIN_FIELDS = {
  environment: "keyword",
  side: "keyword",
  "kubernetes.namespace_name": "keyword",
  "kubernetes.pod_name": "keyword",
  "kubernetes.container_name": "keyword",
  "kubernetes.host": "keyword",
} as const satisfies Readonly<Record<string, FieldType>>;

/** The data stream of an environment. */
export const logStream = (environment: string): string => `logs-cqrs-${environment}`;
/** All of them. */
export const LOG_STREAMS = "logs-cqrs-*";
