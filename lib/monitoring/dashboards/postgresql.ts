import { series } from "../metrics/series";
import type { Dashboard } from "./dashboard";
import { ENVIRONMENT, READ } from "./scope";

const worst = (selector: string) => `max by (dbinstance_identifier) (${selector})`;
const legend = "{{dbinstance_identifier}}";
const GIB = 2 ** 30;

/** Whether the read models' database keeps up, by what AWS says of it. */
export const POSTGRESQL: Dashboard = {
  uid: "cqrs-postgresql",
  title: "CQRS / PostgreSQL",
  description: "Does the read models' database keep up, and will its disk do?",
  variables: [ENVIRONMENT],
  rows: [
    {
      title: "Work",
      panels: [
        {
          id: 1,
          kind: "timeseries",
          title: "CPU",
          description:
            "Has each instance time left? Near 100 % queries wait for each other and projections fall behind. An instance without a line does not run.",
          unit: "percent",
          queries: [{ expr: worst(series("aws_rds_cpuutilization_average", READ)), legend }],
          width: 8,
          thresholds: [{ from: 90, color: "orange" }],
          max: 100,
        },
        {
          id: 2,
          kind: "timeseries",
          title: "Connections",
          description:
            "How many connections are open? They are as many as pods keep. A rise without more pods is one that does not close them; how many there may be depends on the instance's memory.",
          unit: "short",
          queries: [{ expr: worst(series("aws_rds_database_connections_average", READ)), legend }],
          width: 8,
        },
        {
          id: 4,
          kind: "timeseries",
          title: "Replicas' lag",
          description:
            "Do replicas answer with what is true now? Below a second is as it should be; from the line on, users do not find what they have just done.",
          unit: "s",
          queries: [{ expr: worst(series("aws_rds_replica_lag_average", READ)), legend }],
          width: 8,
          thresholds: [{ from: 30, color: "orange" }],
          empty: "No replicas",
        },
      ],
    },
    {
      title: "Disk and memory",
      panels: [
        {
          id: 5,
          kind: "timeseries",
          title: "Time of a read and of a write",
          description:
            "Is the disk fast enough? Single milliseconds are as it should be. Tens of them with operations that do not rise any more are a disk at its limit.",
          unit: "s",
          queries: [
            { expr: worst(series("aws_rds_read_latency_average", READ)), legend: `${legend} read` },
            { expr: worst(series("aws_rds_write_latency_average", READ)), legend: `${legend} write` },
          ],
          width: 12,
        },
        {
          id: 6,
          kind: "timeseries",
          title: "Reads and writes of the disk",
          description:
            "How much is asked of the disk? Many reads are a memory that is too small for what is asked for; a flat line at the volume's limit is work that waits.",
          unit: "cps",
          queries: [
            { expr: worst(series("aws_rds_read_iops_average", READ)), legend: `${legend} reads` },
            { expr: worst(series("aws_rds_write_iops_average", READ)), legend: `${legend} writes` },
          ],
          width: 12,
        },
        {
          id: 3,
          kind: "timeseries",
          title: "Storage that is free",
          description:
            "When will it be full? RDS makes the volume larger by itself, up to its limit: a line that falls below the mark and gets no step up has reached it. A full one stops the database.",
          unit: "bytes",
          queries: [{ expr: worst(series("aws_rds_free_storage_space_average", READ)), legend }],
          width: 12,
          thresholds: [{ from: 5 * GIB, color: "green" }],
        },
        {
          id: 7,
          kind: "timeseries",
          title: "Memory that is free",
          description:
            "Is there memory beside what PostgreSQL keeps for itself? A line near zero is an instance that swaps, and soon one that starts anew.",
          unit: "bytes",
          queries: [{ expr: worst(series("aws_rds_freeable_memory_average", READ)), legend }],
          width: 12,
        },
      ],
    },
  ],
};
