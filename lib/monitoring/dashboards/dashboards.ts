import { DEFAULT_OBJECTIVES, type ObjectivesConfig } from "../../config/objectives";
import { withDefaults } from "../../core/defaults";
import { commands } from "./commands";
import { cost, type HourlyPrices } from "./cost";
import type { Dashboard } from "./dashboard";
import { EDGE } from "./edge";
import { EVENT_STORE } from "./event-store";
import { OVERVIEW } from "./overview";
import { POSTGRESQL } from "./postgresql";
import { PROJECTIONS } from "./projections";
import { queries } from "./queries";
import { REDIS } from "./redis";

/** What of an environment decides which dashboards there are, and what is on them. */
export interface DashboardOptions {
  /** Whether the event store's nodes are asked for their own metrics: without them, there is nothing to show of it. */
  readonly eventStore: { readonly scraped: boolean };
  /** @default - those of `DEFAULT_OBJECTIVES` */
  readonly objectives?: ObjectivesConfig;
  /** Dollars an hour by instance type: `{ 'm6i.large': 0.115 }`. @default - nodes are counted, and not priced */
  readonly hourlyPrices?: HourlyPrices;
}

/** All dashboards of the platform. */
export const dashboardsOf = ({ eventStore, objectives, hourlyPrices }: DashboardOptions): readonly Dashboard[] => {
  const promised = withDefaults(DEFAULT_OBJECTIVES, objectives);
  return [
    OVERVIEW,
    commands(promised.commands, promised.commandTypes),
    queries(promised.queries, promised.queryTypes),
    PROJECTIONS,
    ...(eventStore.scraped ? [EVENT_STORE] : []),
    POSTGRESQL,
    REDIS,
    EDGE,
    cost(hourlyPrices),
  ];
};
