import { series } from "../metrics/series";
import type { Dashboard } from "./dashboard";
import { ENVIRONMENT, WRITE } from "./scope";

const NODES = { ...WRITE, job: "event-store" } as const;
/** States of the past stay, with the time at which they were true. */
const SECONDS_UNTIL_PAST = 60;
const writer = series("kurrentdb_checkpoints", { ...NODES, name: "writer" });

/** Whether the event store takes what is written, and how its nodes are. */
export const EVENT_STORE: Dashboard = {
  uid: "cqrs-event-store",
  title: "CQRS / Event store",
  description: "Does the event store take what is written, and how are its nodes?",
  variables: [ENVIRONMENT],
  rows: [
    {
      title: "Nodes",
      panels: [
        {
          id: 1,
          kind: "stat",
          title: "Leader",
          description:
            "Does one node lead? Without one nothing is written and every command fails. Two for more than seconds are two that do not see each other.",
          unit: "none",
          queries: [
            {
              expr: `count(time() - ${series("kurrentdb_statuses", { ...NODES, name: "Node", status: "Leader" })} < ${SECONDS_UNTIL_PAST}) or vector(0)`,
              legend: "Leader",
            },
          ],
          width: 6,
          values: [
            { value: 0, text: "None", color: "red" },
            { value: 1, text: "One", color: "green" },
            { value: 2, text: "Two", color: "red" },
          ],
        },
        {
          id: 2,
          kind: "table",
          title: "Nodes by state",
          description:
            "What is each node now? One is Leader, the others are Follower. One that stays CatchingUp or Unknown, or that is not there at all, is no help when the leader goes.",
          unit: "s",
          queries: [
            {
              expr: `time() - max by (instance, status) (${series("kurrentdb_statuses", { ...NODES, name: "Node" })}) < ${SECONDS_UNTIL_PAST}`,
              legend: "Said ago",
            },
          ],
          width: 6,
          empty: "No node answers",
        },
        {
          id: 3,
          kind: "timeseries",
          title: "Elections in an hour",
          description:
            "Does the leader stay? An update costs one for each node. More than the line are nodes that lose each other or are too busy to answer, and with each commands fail for seconds.",
          unit: "short",
          queries: [
            {
              expr: `max by (instance) (increase(${series("kurrentdb_elections_count_total", NODES)}[1h]))`,
              legend: "{{instance}}",
            },
          ],
          width: 6,
          thresholds: [{ from: 3, color: "orange" }],
        },
        {
          id: 4,
          kind: "timeseries",
          title: "Bytes that a node is behind",
          description:
            "Has each node what the leader has? It is near zero; a line that stays up is a node that can't take over, and from which old events are read.",
          unit: "bytes",
          queries: [
            {
              expr: `scalar(max(${writer})) - max by (instance) (${writer})`,
              legend: "{{instance}}",
            },
          ],
          width: 6,
          thresholds: [{ from: 100 * 2 ** 20, color: "orange" }],
        },
      ],
    },
    {
      title: "Work",
      panels: [
        {
          id: 5,
          kind: "timeseries",
          title: "Events read and written",
          description:
            "How much is asked of each node? Writing that falls to zero while commands arrive is an event store that does not take them.",
          unit: "cps",
          queries: [
            {
              expr: `sum by (instance, activity) (rate(${series("kurrentdb_io_events_total", NODES)}[$__rate_interval]))`,
              legend: "{{instance}} {{activity}}",
            },
          ],
          width: 8,
        },
        {
          id: 6,
          kind: "timeseries",
          title: "Calls that failed",
          description:
            "Which calls of clients does it not answer? A few are clients that went. Many past their deadline are nodes that are too busy or a leader that is not there.",
          unit: "cps",
          queries: [
            {
              expr: `sum by (instance, kind) (rate(${series("kurrentdb_incoming_grpc_calls_total", { ...NODES, kind: ["failed", "unimplemented", "deadline-exceeded"] })}[$__rate_interval]))`,
              legend: "{{instance}} {{kind}}",
            },
          ],
          width: 8,
        },
        {
          id: 8,
          kind: "timeseries",
          title: "Longest waits in queues",
          description:
            "Where does work wait inside of a node? Milliseconds are as it should be; a queue that waits for seconds is a disk or a CPU that is not fast enough.",
          unit: "s",
          queries: [
            {
              expr: `topk(5, max by (instance, name) (${series("kurrentdb_queue_queueing_duration_max_seconds", NODES)}))`,
              legend: "{{instance}} {{name}}",
            },
          ],
          width: 8,
          thresholds: [{ from: 1, color: "orange" }],
        },
        {
          id: 9,
          kind: "timeseries",
          title: "Events that are parked",
          description:
            "Which events could not be processed in any of the tries? It is zero: others wait until somebody has them tried again or takes them away.",
          unit: "short",
          queries: [
            {
              expr: `max by (event_stream_id, group_name) (${series("kurrentdb_persistent_sub_parked_messages", NODES)})`,
              legend: "{{event_stream_id}}: {{group_name}}",
            },
          ],
          width: 24,
          thresholds: [{ from: 1, color: "orange" }],
          empty: "No persistent subscriptions",
        },
      ],
    },
    {
      title: "Machines",
      panels: [
        {
          id: 7,
          kind: "timeseries",
          title: "Share of the disk that is used",
          description:
            "When will a disk be full? A node whose disk is full stops, and with two of three the event store does. Volumes can grow while it runs.",
          unit: "percentunit",
          queries: [
            {
              expr: (["used", "total"] as const)
                .map((kind) => `max by (instance) (${series("kurrentdb_sys_disk_bytes", { ...NODES, kind })})`)
                .join(" / "),
              legend: "{{instance}}",
            },
          ],
          width: 12,
          thresholds: [
            { from: 0.8, color: "orange" },
            { from: 0.9, color: "red" },
          ],
          max: 1,
        },
        {
          id: 10,
          kind: "timeseries",
          title: "Memory",
          description:
            "How much memory does each node hold? It rises after a start and stays. One that goes on rising ends when the machine has no more.",
          unit: "bytes",
          queries: [
            {
              expr: `max by (instance) (${series("kurrentdb_proc_mem_bytes", { ...NODES, kind: "working-set" })})`,
              legend: "{{instance}}",
            },
          ],
          width: 12,
        },
      ],
    },
  ],
};
