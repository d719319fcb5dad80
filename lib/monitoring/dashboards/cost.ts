import { series } from "../metrics/series";
import type { Dashboard, Panel } from "./dashboard";
import { CHOSEN, ENVIRONMENT, SIDE } from "./scope";

/** Dollars an hour of a machine, by its instance type. */
export type HourlyPrices = Readonly<Record<string, number>>;

const INSTANCE_TYPE = "label_node_kubernetes_io_instance_type";

/** What pods ask for, and what nodes have for them. */
const askedAndHad = (resource: "cpu" | "memory") => [
  {
    expr: `sum by (side) (${series("kube_pod_container_resource_requests", { ...CHOSEN, resource })})`,
    legend: "{{side}}: asked for",
  },
  {
    expr: `sum by (side) (${series("kube_node_status_allocatable", { ...CHOSEN, resource })})`,
    legend: "{{side}}: had",
  },
];

/** Each type by its price, and all of them together. */
const dollars = (prices: HourlyPrices): Panel => ({
  id: 5,
  kind: "timeseries",
  title: "Dollars an hour of nodes",
  description:
    "What do nodes cost, by the prices that the configuration gives? Types that it gives none for are not in it: which ones there are says the table of nodes. A rise that stays is nodes that nobody takes away.",
  unit: "currencyUSD",
  queries: [
    {
      expr: `sum by (side) (${Object.keys(prices)
        .sort()
        .map(
          (type) =>
            `${prices[type]} * count by (side, ${INSTANCE_TYPE}) (${series("kube_node_labels", { ...CHOSEN, [INSTANCE_TYPE]: type })})`,
        )
        .join(" or ")})`,
      legend: "{{side}}",
    },
  ],
  width: 24,
});

/** What is paid for, and what of it is used. */
export const cost = (hourlyPrices: HourlyPrices = {}): Dashboard => ({
  uid: "cqrs-cost",
  title: "CQRS / Cost",
  description: "What is paid for, and what of it is used?",
  variables: [ENVIRONMENT, SIDE],
  rows: [
    {
      title: "Nodes",
      panels: [
        {
          id: 1,
          kind: "table",
          title: "Nodes by instance type",
          description:
            "Which machines are there, and how many of each? More than the load explains are nodes that the autoscaler can't take away, because of a pod that may not be moved.",
          unit: "none",
          queries: [
            {
              expr: `count by (side, instance_type) (label_replace(${series("kube_node_labels", CHOSEN)}, "instance_type", "$1", "${INSTANCE_TYPE}", "(.*)"))`,
              legend: "Nodes",
            },
          ],
          width: 8,
        },
        {
          id: 2,
          kind: "timeseries",
          title: "Cores asked for and had",
          description:
            "How many of the cores that are paid for do pods ask for? Far fewer are cores for nothing; nearly all leave no room for a burst or for a node that fails.",
          unit: "none",
          queries: askedAndHad("cpu"),
          width: 8,
        },
        {
          id: 3,
          kind: "timeseries",
          title: "Memory asked for and had",
          description:
            "How much of the memory that is paid for do pods ask for? Far less, while cores are nearly all asked for, is a type of machine with too much memory.",
          unit: "bytes",
          queries: askedAndHad("memory"),
          width: 8,
        },
        ...(Object.keys(hourlyPrices).length === 0 ? [] : [dollars(hourlyPrices)]),
      ],
    },
    {
      title: "Volumes",
      panels: [
        {
          id: 4,
          kind: "timeseries",
          title: "Volumes",
          description:
            "How much disk is paid for, by whom? Claims stay when their pods go: a namespace that has more than its pods need has some that nobody uses.",
          unit: "bytes",
          queries: [
            {
              expr: `sum by (side, namespace) (${series("kube_persistentvolumeclaim_resource_requests_storage_bytes", CHOSEN)})`,
              legend: "{{side}} {{namespace}}",
            },
          ],
          width: 24,
        },
      ],
    },
  ],
});
