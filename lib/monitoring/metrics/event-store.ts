import { ANY, type Metric } from "./metric";

const OTEL = { otel_scope_name: ANY, otel_scope_version: ANY } as const;
const RANGE = { ...OTEL, range: ANY } as const;

/** Of each node of KurrentDB 26. Which node it is says the target's `instance`. */
export const EVENT_STORE_METRICS = {
  kurrentdb_statuses: {
    type: "gauge",
    help: "When a node was last in a state, in seconds since 1970: states of the past stay, and grow old",
    labels: {
      ...OTEL,
      name: ANY,
      status: [
        "Initializing",
        "DiscoverLeader",
        "Unknown",
        "PreReplica",
        "CatchingUp",
        "Clone",
        "Follower",
        "PreLeader",
        "Leader",
        "Manager",
        "ShuttingDown",
        "Shutdown",
        "ReadOnlyLeaderless",
        "PreReadOnlyReplica",
        "ReadOnlyReplica",
        "ResigningLeader",
      ],
    },
  },
  kurrentdb_elections_count_total: { type: "counter", help: "Elections of a leader", labels: OTEL },
  kurrentdb_checkpoints: {
    type: "gauge",
    help: "Bytes of the log up to which a part of a node has come",
    labels: { ...OTEL, name: ["writer", "index", "replication"], read: ANY },
  },
  kurrentdb_io_events_total: {
    type: "counter",
    help: "Events that were read or written",
    labels: { ...OTEL, activity: ["read", "written"] },
  },
  kurrentdb_disk_io_bytes_total: {
    type: "counter",
    help: "Bytes that were read from disk or written",
    labels: { ...OTEL, activity: ["read", "written"] },
  },
  kurrentdb_queue_queueing_duration_max_seconds: {
    type: "gauge",
    help: "Longest time that something waited in a node's queue",
    labels: { ...RANGE, name: ANY },
  },
  kurrentdb_incoming_grpc_calls_total: {
    type: "counter",
    help: "Calls of clients",
    labels: { ...OTEL, kind: ["total", "failed", "unimplemented", "deadline-exceeded"] },
  },
  kurrentdb_persistent_sub_parked_messages: {
    type: "gauge",
    help: "Events that a persistent subscription has put aside",
    labels: { ...OTEL, event_stream_id: ANY, group_name: ANY },
  },
  kurrentdb_sys_disk_bytes: {
    type: "gauge",
    help: "Bytes of a node's disk",
    labels: { ...OTEL, disk: ANY, kind: ["used", "total"] },
  },
  kurrentdb_proc_mem_bytes: {
    type: "gauge",
    help: "Bytes of memory that a node's process holds",
    labels: { ...OTEL, kind: ["working-set", "paged-bytes", "virtual-bytes"] },
  },
} as const satisfies Readonly<Record<string, Metric>>;
