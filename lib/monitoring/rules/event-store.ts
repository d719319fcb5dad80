import { BLOCKED_READERS_SECONDS, HEALTH_VALUES } from "../metrics/cqrs";
import { series } from "../metrics/series";
import type { Alert } from "./alert";
import type { RuleOptions } from "./options";

const NODE = { job: "event-store" };
const BY = "by (environment, side)";
const writer = series("kurrentdb_checkpoints", { ...NODE, name: "writer" });
/** States of the past stay, with the time at which they were true. */
const SECONDS_UNTIL_PAST = 60;
/** Ours: what a node has lost contact for, and not only a burst. */
const BEHIND_BYTES = 100 * 2 ** 20;
/** Ours: one by an update of each of three nodes is what an hour may have. */
const MOST_ELECTIONS = 3;
/** KurrentDB can't write, nor merge what it has, without room for a chunk of each. */
const DISK_SHARE = { warning: 0.8, critical: 0.9 } as const;

const disk = (severity: keyof typeof DISK_SHARE): Alert => ({
  name: "EventStoreDiskFilling",
  severity,
  expr: [
    `max by (environment, side, instance) (${series("kurrentdb_sys_disk_bytes", { ...NODE, kind: "used" })})`,
    `max by (environment, side, instance) (${series("kurrentdb_sys_disk_bytes", { ...NODE, kind: "total" })}) > ${DISK_SHARE[severity]}`,
  ].join(" / "),
  for: "10m",
  summary: "The disk of the event store's node {{ $labels.instance }} is {{ $value | humanizePercentage }} full",
  description:
    "A node whose disk is full stops, and with two of three the event store does. Its volume can grow while it runs.",
  panel: { dashboard: "cqrs-event-store", panel: 7 },
});

/** What its own nodes say. */
const NODE_ALERTS: readonly Alert[] = [
  {
    name: "EventStoreWithoutLeader",
    severity: "critical",
    expr: [
      `max ${BY} (${series("up", NODE)}) == 1 unless`,
      `count ${BY} (time() - ${series("kurrentdb_statuses", { ...NODE, name: "Node", status: "Leader" })} < ${SECONDS_UNTIL_PAST})`,
    ].join(" "),
    for: "1m",
    summary: "No node of the event store leads",
    description: "Nothing is written: every command fails. Nodes answer, but do not find a majority of each other.",
    panel: { dashboard: "cqrs-event-store", panel: 1 },
    outage: "event-store",
  },
  {
    name: "EventStoreNodeDown",
    severity: "warning",
    expr: `min by (environment, side, instance) (${series("up", NODE)}) == 0`,
    for: "5m",
    summary: "The event store's node {{ $labels.instance }} does not answer",
    description: "Of three nodes, the others go on. With the next one that goes, nothing is written.",
    panel: { dashboard: "cqrs-event-store", panel: 2 },
    followsFrom: "event-store",
  },
  {
    name: "EventStoreNodeBehind",
    severity: "warning",
    expr: `max ${BY} (${writer}) - on (environment, side) group_right () max by (environment, side, instance) (${writer}) > ${BEHIND_BYTES}`,
    for: "10m",
    summary: "The event store's node {{ $labels.instance }} is {{ $value | humanize1024 }}B behind",
    description: "It can't take over without loss of time, and what is read from it is old.",
    panel: { dashboard: "cqrs-event-store", panel: 4 },
    followsFrom: "event-store",
  },
  disk("warning"),
  disk("critical"),
  {
    name: "EventStoreMessagesParked",
    severity: "warning",
    expr: `max by (environment, side, event_stream_id, group_name) (${series("kurrentdb_persistent_sub_parked_messages", NODE)}) > 0`,
    for: "5m",
    summary: "{{ $value }} events of {{ $labels.event_stream_id }} are parked by {{ $labels.group_name }}",
    description:
      "They could not be processed in any of the tries, and wait until somebody has them tried again or takes them away.",
    panel: { dashboard: "cqrs-event-store", panel: 9 },
  },
  {
    name: "EventStoreElectionsFlapping",
    severity: "warning",
    expr: `max ${BY} (increase(${series("kurrentdb_elections_count_total", NODE)}[1h])) > ${MOST_ELECTIONS}`,
    summary: "The event store elected a leader {{ $value | humanize }} times within an hour",
    description:
      "With each election commands fail for seconds. Nodes lose each other, or are too busy to answer in time.",
    panel: { dashboard: "cqrs-event-store", panel: 3 },
    followsFrom: "event-store",
  },
];

/** All of a side's pods: what one of them can't reach may be there for the others. */
const fromServices = `max ${BY} (${series("cqrs_health_status", { component: "EventStore" })}) == ${HEALTH_VALUES.unhealthy}`;

/** Nobody answers Prometheus, which may have but a wrong password: while commands succeed, the event store is there. */
function downExpr({ environment, eventStore }: RuleOptions): string {
  if (!eventStore.scraped) return fromServices;
  const absent = `absent(${series("up", { environment, side: "write", ...NODE })})`;
  const succeeding = `sum ${BY} (rate(${series("cqrs_command_total", { status: "success" })}[5m])) > 0`;
  const unanswered = `(max ${BY} (${series("up", NODE)}) == 0 or ${absent}) unless on (environment, side) ${succeeding}`;
  return `(${unanswered}) or ${fromServices}`;
}

/** Alerts on the event store, by what its nodes say where they are asked, otherwise by what the services find. */
export const eventStoreAlerts = (options: RuleOptions): readonly Alert[] => [
  {
    name: "EventStoreDown",
    severity: "critical",
    expr: downExpr(options),
    for: "2m",
    summary: "The event store does not answer",
    description: "Every command fails, and projections stand still. Queries are answered as things were.",
    // Where its nodes are not asked, it has no dashboard of its own.
    panel: options.eventStore.scraped
      ? { dashboard: "cqrs-event-store", panel: 2 }
      : { dashboard: "cqrs-overview", panel: 1 },
    outage: "event-store",
  },
  ...(options.eventStore.scraped ? NODE_ALERTS : []),
  {
    name: "EventStoreReadersBlocked",
    severity: "critical",
    expr: `max ${BY} (${series("cqrs_event_store_unreadable_seconds")}) >= ${BLOCKED_READERS_SECONDS}`,
    for: "1m",
    summary: "No reader gets events that were committed {{ $value | humanizeDuration }} ago",
    description:
      "An open transaction on the event store's server stops all projections and processors. Appends succeed, and nothing follows from them.",
    panel: { dashboard: "cqrs-projections", panel: 7 },
    followsFrom: "event-store",
  },
];
