import type { Objective } from "../../config/objectives";
import { NAMESPACES } from "../../kubernetes/namespaces";
import { like, series } from "../metrics/series";
import type { Dashboard } from "./dashboard";
import { saturationPanels } from "./saturation";
import { ENVIRONMENT, READ } from "./scope";
import { trafficRows } from "./traffic-rows";

/** Whether queries are answered, as promised, and what stands in their way. */
export const queries = (objective: Objective, types: Readonly<Record<string, Objective>>): Dashboard => ({
  uid: "cqrs-queries",
  title: "CQRS / Queries",
  description: "Are queries answered as promised, and if not, what stands in their way?",
  variables: [ENVIRONMENT],
  rows: [
    ...trafficRows({ kind: "query", total: series("cqrs_query_total", READ), objective, types }),
    {
      title: "Answers and pods",
      panels: [
        {
          id: 8,
          kind: "heatmap",
          title: "Sizes of answers",
          description:
            "How many rows or documents are in an answer? Many with thousands are a query without a limit: it takes the database's time and the API's memory.",
          unit: "short",
          queries: [
            {
              expr: `sum by (le) (rate(${series("cqrs_query_result_count_bucket", READ)}[$__rate_interval]))`,
              legend: "{{le}}",
            },
          ],
          width: 24,
        },
        ...saturationPanels({ ...READ, namespace: NAMESPACES.queries, pod: like("query-api-.+") }, [9, 10]),
      ],
    },
  ],
});
