import type { Dashboard as GrafanaDashboard, RowPanel, VariableModel } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Dashboard, Variable } from "./dashboard";
import type { Json, LinkJson, PanelJson } from "./grafana-json";
import { DATA_SOURCE, grafanaPanel } from "./grafana-panel";
import { type PlacedRow, placed } from "./layout";

/** A page that tells what to do. */
export interface Runbook {
  /** Of the alert that it is for. */
  readonly name: string;
  readonly url: string;
}

/** The runbooks of the alerts that lead to a panel. */
export type RunbooksOf = (uid: string, panelId: number) => readonly Runbook[];

/** By it dashboards find each other. */
const TAG = "cqrs";
/** Ids of rows, out of the way of panels' own. */
const FIRST_ROW_ID = 1001;

/** Grafana's JSON of a dashboard: the same text for the same dashboard. */
export const dashboardJson = (dashboard: Dashboard, runbooksOf: RunbooksOf): string =>
  `${JSON.stringify(grafanaDashboard(dashboard, runbooksOf), null, 2)}\n`;

interface DashboardJson extends Omit<Json<GrafanaDashboard>, "panels"> {
  readonly panels: readonly PanelJson[];
}

const grafanaDashboard = (
  { uid, title, description, variables, rows }: Dashboard,
  runbooksOf: RunbooksOf,
): DashboardJson => ({
  timezone: "browser",
  // The next deployment would overwrite changes from the browser.
  editable: false,
  graphTooltip: CROSSHAIR,
  fiscalYearStartMonth: 0,
  schemaVersion: 42,
  templating: { list: variables.map(grafanaVariable) },
  annotations: {},
  title,
  uid,
  description,
  tags: [TAG],
  time: { from: "now-6h", to: "now" },
  refresh: "1m",
  links: [SIBLINGS],
  panels: placed(rows).flatMap((row, index) => [
    grafanaRow(row, index),
    ...row.panels.map(({ panel, place }) => grafanaPanel(panel, place, runbookLinks(runbooksOf(uid, panel.id)))),
  ]),
});

/** Grafana's value for a crosshair that all panels share. */
const CROSSHAIR = 1;

/** Without a `placement`, with which Grafana would hide the link in a menu. */
const LINK = {
  icon: "",
  tooltip: "",
  tags: [],
  asDropdown: false,
  targetBlank: false,
  includeVars: false,
  keepTime: false,
} as const;

const SIBLINGS: LinkJson = {
  title: "Dashboards",
  type: "dashboards",
  ...LINK,
  tags: [TAG],
  asDropdown: true,
  includeVars: true,
  keepTime: true,
};

const runbookLinks = (runbooks: readonly Runbook[]): readonly LinkJson[] =>
  runbooks
    // Grafana would resolve a path against its own address.
    .filter(({ url }) => url.startsWith("https://"))
    .map(({ name, url }) => ({ title: `Runbook: ${name}`, type: "link", ...LINK, targetBlank: true, url }));

const grafanaRow = ({ title, place: { x, y, w, h } }: PlacedRow, index: number): Json<RowPanel> => ({
  type: "row",
  collapsed: false,
  id: FIRST_ROW_ID + index,
  panels: [],
  title,
  // The SDK's builders wrote the first row in this order. Another order would change every deployed dashboard.
  gridPos: index === 0 ? { x, y, h, w } : { x, y, w, h },
});

/** Grafana's values: when it queries a variable's values, and how it sorts them. */
const ON_DASHBOARD_LOAD = 1;
const ALPHABETICALLY = 1;
/** "All" is a pattern, because a list of the current values would omit later ones. */
const ALL = { allValue: ".+", current: { selected: true, text: ["All"], value: ["$__all"] } } as const;

const grafanaVariable = ({ name, label, query, isMulti }: Variable): Json<VariableModel> => ({
  type: "query",
  name,
  skipUrlSync: false,
  multi: isMulti,
  allowCustomValue: true,
  includeAll: isMulti,
  auto: false,
  auto_min: "10s",
  auto_count: 30,
  label,
  datasource: DATA_SOURCE,
  query: { query, refId: name },
  definition: query,
  refresh: ON_DASHBOARD_LOAD,
  sort: ALPHABETICALLY,
  ...(isMulti && ALL),
});
