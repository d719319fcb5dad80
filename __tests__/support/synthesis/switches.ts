import type { Environment } from "../../../lib/config/environment";
import type { MonitoringConfig } from "../../../lib/config/infrastructure";

const SWITCHES = ["prometheus", "grafana", "elasticStack"] as const;

/** The eight ways in which the three switches of monitoring can stand, by names that environments can have. */
export const STANDINGS: readonly (readonly [name: string, monitoring: MonitoringConfig])[] = Array.from(
  { length: 2 ** SWITCHES.length },
  (_, standing) => {
    const [prometheus = false, grafana = false, elasticStack = false] = SWITCHES.map(
      (_, bit) => (standing & (2 ** bit)) > 0,
    );
    const on = SWITCHES.filter((_, bit) => (standing & (2 ** bit)) > 0).map((name) => name[0]);
    return [on.join("") || "none", { prometheus, grafana, elasticStack }];
  },
);

/** The least nodes of an example's read side that hold the Elastic stack. */
const NODES_FOR_ELASTIC = 3;

/** An environment with the switches so. */
export const withMonitoring = (
  { infrastructure, ...others }: Environment,
  monitoring: MonitoringConfig,
): Environment => {
  const { readCluster } = infrastructure;
  const nodes = monitoring.elasticStack ? Math.max(readCluster.nodes, NODES_FOR_ELASTIC) : readCluster.nodes;
  return { ...others, infrastructure: { ...infrastructure, readCluster: { ...readCluster, nodes }, monitoring } };
};

/** An environment in each of those ways, each under a name of its own. */
export const switched = (name: string, environment: Environment): Readonly<Record<string, Environment>> =>
  Object.fromEntries(
    STANDINGS.map(([standing, monitoring]) => [`${name}-${standing}`, withMonitoring(environment, monitoring)]),
  );
