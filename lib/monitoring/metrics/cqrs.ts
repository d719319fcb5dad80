import { DURATION_BUCKETS } from "../../contract/limits";

/*
 * What the platform's services say about themselves. The runtime exports by these names, rules and dashboards ask by
 * them: this file imports nothing but the contract, so that both can have it.
 */

/** How a command ended. Only `failure` is ours to mend: the others are answers. */
export const COMMAND_STATUSES = ["success", "rejected", "conflict", "unauthorized", "failure"] as const;
/** How a query ended. */
export const QUERY_STATUSES = ["success", "rejected", "unauthorized", "failure"] as const;
/** The four parts of which the platform's health is made, by the seed's names. */
export const HEALTH_COMPONENTS = ["WriteSide", "ReadSide", "EventStore", "Projections"] as const;
/** Values of `cqrs_health_status`; the worst is the lowest, so that `min` finds it. */
export const HEALTH_VALUES = { healthy: 2, degraded: 1, unhealthy: 0 } as const;
/** What is backed up, each by a job of its own. */
export const BACKUPS = ["event-store", "read-models"] as const;
/** A projection or a processor is degraded from so many events on that it has yet to process. */
export const DEGRADED_LAG_EVENTS = 1000;
/**
 * A processor is degraded once an event has waited for it for so many seconds. Ours: an event takes milliseconds, and health,
 * which looks every 5 seconds, is to show a processor that hangs within 15.
 */
export const WAITING_EVENT_SECONDS = 5;
/**
 * Readers of the event store are blocked once an event has been committed for so many seconds and none of them gets it. Ours:
 * appends take milliseconds, and a statement of the services has 30 seconds.
 */
export const BLOCKED_READERS_SECONDS = 60;

export const RESULT_BUCKETS = [0, 1, 10, 100, 1000, 10_000] as const;

const ANY: readonly string[] = [];

export const CQRS_METRICS = {
  cqrs_command_duration: {
    type: "histogram",
    help: "Seconds from a command's arrival to its answer",
    labels: { command_type: ANY, success: ["true", "false"] },
    buckets: DURATION_BUCKETS,
  },
  cqrs_command_total: {
    type: "counter",
    help: "Commands that were answered",
    labels: { command_type: ANY, status: COMMAND_STATUSES },
  },
  cqrs_query_duration: {
    type: "histogram",
    help: "Seconds from a query's arrival to its answer",
    labels: { query_type: ANY },
    buckets: DURATION_BUCKETS,
  },
  cqrs_query_total: {
    type: "counter",
    help: "Queries that were answered",
    labels: { query_type: ANY, status: QUERY_STATUSES },
  },
  cqrs_query_result_count: {
    type: "histogram",
    help: "Rows or documents in a query's answer",
    labels: { query_type: ANY },
    buckets: RESULT_BUCKETS,
  },
  cqrs_projection_lag_events: {
    type: "gauge",
    help: "Committed events that a projection has yet to process, counted up to a bound above the degraded one",
    labels: { projection: ANY },
  },
  cqrs_projection_lag_seconds: {
    type: "gauge",
    help: "Age in seconds of the oldest event that a projection has yet to process, 0 when there is none",
    labels: { projection: ANY },
  },
  cqrs_projection_position: {
    type: "gauge",
    help: "Position in the event store's log up to which a projection has processed all events",
    labels: { projection: ANY },
  },
  cqrs_processor_lag_events: {
    type: "gauge",
    help: "Committed events that a processor has yet to process, counted up to a bound above the degraded one",
    labels: { processor: ANY },
  },
  cqrs_processor_lag_seconds: {
    type: "gauge",
    help: "Age in seconds of the oldest event that a processor has yet to process, 0 when there is none",
    labels: { processor: ANY },
  },
  cqrs_processor_position: {
    type: "gauge",
    help: "Position in the event store's log up to which a processor has processed all events",
    labels: { processor: ANY },
  },
  cqrs_processor_parked_events: {
    type: "gauge",
    help: "Events that processors of this name have parked and nobody has retried or dropped since",
    labels: { processor: ANY },
  },
  cqrs_event_store_unreadable_events: {
    type: "gauge",
    help: "Events that are committed and that no reader of the event store gets yet, counted up to 10000",
    labels: {},
  },
  cqrs_event_store_unreadable_seconds: {
    type: "gauge",
    help: "Age in seconds of the oldest event that is committed and that no reader gets yet, 0 when there is none",
    labels: {},
  },
  cqrs_health_status: {
    type: "gauge",
    help: "Health of a part of the platform: 2 healthy, 1 degraded, 0 unhealthy",
    labels: { component: HEALTH_COMPONENTS },
  },
  cqrs_backup_last_success_timestamp_seconds: {
    type: "gauge",
    help: "When the last backup was completed, in seconds since 1970",
    labels: { backup: BACKUPS },
  },
  cqrs_build_info: {
    type: "gauge",
    help: "Always 1; which version runs is in the labels",
    labels: { version: ANY, revision: ANY },
  },
} as const;
