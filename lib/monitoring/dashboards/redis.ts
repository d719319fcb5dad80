import { series } from "../metrics/series";
import type { Dashboard } from "./dashboard";
import { ENVIRONMENT, READ } from "./scope";

const most = (selector: string) => `max by (cache_cluster_id) (${selector})`;
const sum = (selector: string) => `sum by (cache_cluster_id) (${selector})`;
const hits = sum(series("aws_elasticache_cache_hits_sum", READ));
const misses = sum(series("aws_elasticache_cache_misses_sum", READ));
const legend = "{{cache_cluster_id}}";

/** Whether the cache takes work off the database, by what AWS says of it. */
export const REDIS: Dashboard = {
  uid: "cqrs-redis",
  title: "CQRS / Redis",
  description: "Does the cache take work off the database, and does it keep up?",
  variables: [ENVIRONMENT],
  rows: [
    {
      title: "What it is good for",
      panels: [
        {
          id: 4,
          kind: "timeseries",
          title: "Share that is found",
          description:
            "Which share of what is asked for is in the cache? The rest goes to the database. A fall after a release or a start is a cache that fills again; one that stays is keys that nobody asks for twice.",
          unit: "percentunit",
          // Where nothing is asked for, nothing is found: no line is no fault.
          queries: [{ expr: `${hits} / (${hits} + ${misses})`, legend }],
          width: 12,
          max: 1,
        },
        {
          id: 2,
          kind: "timeseries",
          title: "Keys that went for others, in a minute",
          description:
            "Does what is asked for fit into it? A few go from a cache of the right size, too. Many all the time are queries that the database answers again and again.",
          unit: "short",
          queries: [{ expr: sum(series("aws_elasticache_evictions_sum", READ)), legend }],
          width: 12,
          thresholds: [{ from: 100, color: "orange" }],
        },
      ],
    },
    {
      title: "Nodes",
      panels: [
        {
          id: 1,
          kind: "timeseries",
          title: "Memory",
          description:
            "How full is it? Full is how a cache is used, and bad only with keys that go for others beside it.",
          unit: "percent",
          queries: [{ expr: most(series("aws_elasticache_database_memory_usage_percentage_average", READ)), legend }],
          width: 12,
          thresholds: [{ from: 90, color: "orange" }],
          max: 100,
        },
        {
          id: 3,
          kind: "timeseries",
          title: "CPU of the engine",
          description:
            "Has the one core that answers time left? From the line on answers wait: more shards have more cores. A node without a line does not run.",
          unit: "percent",
          queries: [{ expr: most(series("aws_elasticache_engine_cpuutilization_average", READ)), legend }],
          width: 12,
          thresholds: [{ from: 80, color: "orange" }],
          max: 100,
        },
        {
          id: 5,
          kind: "timeseries",
          title: "Connections",
          description:
            "How many clients are connected? As many as pods keep. A rise without more pods is one that does not close them; a fall to none is a password or a network that is wrong.",
          unit: "short",
          queries: [{ expr: most(series("aws_elasticache_curr_connections_average", READ)), legend }],
          width: 12,
        },
        {
          id: 6,
          kind: "timeseries",
          title: "Replicas' lag",
          description:
            "Would a replica that takes over have all? Below a second is as it should be; what it has not got is lost when it does.",
          unit: "s",
          queries: [{ expr: most(series("aws_elasticache_replication_lag_average", READ)), legend }],
          width: 12,
          thresholds: [{ from: 10, color: "orange" }],
          empty: "No replicas",
        },
      ],
    },
  ],
};
