import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import {
  DashboardBuilder,
  DashboardCursorSync,
  type DashboardLink,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Dashboard as GrafanaDashboard,
  type Panel as GrafanaPanel,
  MappingType,
  QueryVariableBuilder,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { DATA_SOURCES } from "../grafana";
import type { Dashboard, Panel, Query, Threshold, ValueText, Variable } from "./dashboard";
import { type Place, placed } from "./layout";
import { panelBuilder, refId } from "./panel-builder";

/** A page that tells what to do. */
export interface Runbook {
  /** Of the alert that it is for. */
  readonly name: string;
  readonly url: string;
}

/** The runbooks of the alerts that lead to a panel. */
export type RunbooksOf = (uid: string, panelId: number) => readonly Runbook[];

const DATA_SOURCE = { type: "prometheus", uid: DATA_SOURCES.prometheus } as const;
/** By it dashboards find each other. */
const TAG = "cqrs";
/** Ids of rows, out of the way of panels' own. */
const FIRST_ROW_ID = 1001;

/** Grafana's JSON of a dashboard: the same text for the same dashboard. */
export const dashboardJson = (dashboard: Dashboard, runbooksOf: RunbooksOf): string =>
  `${JSON.stringify(grafanaDashboard(dashboard, runbooksOf), null, 2)}\n`;

function grafanaDashboard(
  { uid, title, description, variables, rows }: Dashboard,
  runbooksOf: RunbooksOf,
): GrafanaDashboard {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([TAG])
    .timezone("browser")
    .time({ from: "now-6h", to: "now" })
    .refresh("1m")
    .tooltip(DashboardCursorSync.Crosshair)
    // What is changed in the browser would be gone with the next deployment.
    .readonly()
    .link(siblings())
    .variables(variables.map(variableBuilder));
  placed(rows).forEach((row, index) => {
    builder.withRow(new RowBuilder(row.title).id(FIRST_ROW_ID + index).gridPos(row.place));
    for (const { panel, place } of row.panels)
      builder.withPanel({ build: () => grafanaPanel(panel, place, runbooksOf(uid, panel.id)) });
  });
  return builder.build();
}

const siblings = () =>
  inSight(
    new DashboardLinkBuilder("Dashboards")
      .type(DashboardLinkType.Dashboards)
      .tags([TAG])
      .asDropdown(true)
      .includeVars(true)
      .keepTime(true),
  );

/** The builder hides each link in a menu. */
const inSight = (builder: DashboardLinkBuilder): Builder<DashboardLink> => ({
  build() {
    const { placement: _, ...link } = builder.build();
    return link;
  },
});

/** All is a pattern, and not the list of what there is: that would leave out what came later. */
const ALL = { selected: true, text: ["All"], value: ["$__all"] };

function variableBuilder({ name, label, query, isMulti }: Variable): QueryVariableBuilder {
  const builder = new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATA_SOURCE)
    .query({ query, refId: name })
    .definition(query)
    .refresh(VariableRefresh.OnDashboardLoad)
    .sort(VariableSort.AlphabeticalAsc);
  return isMulti ? builder.multi(true).includeAll(true).allValue(".+").current(ALL) : builder;
}

function grafanaPanel(panel: Panel, place: Place, runbooks: readonly Runbook[]): GrafanaPanel {
  const { id, title, description, unit, queries, thresholds, values, max, empty } = panel;
  const builder = panelBuilder(panel)
    .id(id)
    .title(title)
    .description(description)
    .gridPos(place)
    .datasource(DATA_SOURCE)
    .unit(unit)
    .thresholds(thresholdsBuilder(thresholds))
    // A path would lead somewhere within Grafana.
    .links(runbooks.filter(({ url }) => url.startsWith("https://")).map(runbookLink))
    .targets(queries.map((query, index) => queryBuilder(panel.kind, query, index)));
  if (values !== undefined) builder.mappings(values.map(mapping));
  if (max !== undefined) builder.max(max);
  if (empty !== undefined) builder.noValue(empty);
  return builder.build();
}

const runbookLink = ({ name, url }: Runbook) =>
  inSight(new DashboardLinkBuilder(`Runbook: ${name}`).type(DashboardLinkType.Link).url(url).targetBlank(true));

/** Without any, nothing is good or bad. */
const colorBelow = (thresholds: readonly Threshold[] | undefined) => {
  if (thresholds === undefined) return "text";
  return thresholds.some(({ color }) => color === "green") ? "red" : "green";
};

const thresholdsBuilder = (thresholds: readonly Threshold[] | undefined) =>
  new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([
      { value: null, color: colorBelow(thresholds) },
      ...(thresholds ?? []).map(({ from, color }) => ({ value: from, color })),
    ]);

const mapping = ({ value, text, color }: ValueText, index: number): ValueMapping => ({
  type: MappingType.ValueToText,
  options: { [value]: { text, color, index } },
});

/** What is over time asks for a range; the others for what is now. */
const FORMATS: Readonly<Record<Panel["kind"], { readonly format: PromQueryFormat; readonly isRange: boolean }>> = {
  timeseries: { format: PromQueryFormat.TimeSeries, isRange: true },
  statetimeline: { format: PromQueryFormat.TimeSeries, isRange: true },
  heatmap: { format: PromQueryFormat.Heatmap, isRange: true },
  stat: { format: PromQueryFormat.TimeSeries, isRange: false },
  bargauge: { format: PromQueryFormat.TimeSeries, isRange: false },
  table: { format: PromQueryFormat.Table, isRange: false },
};

function queryBuilder(kind: Panel["kind"], { expr, legend }: Query, index: number): DataqueryBuilder {
  const { format, isRange } = FORMATS[kind];
  const builder = new DataqueryBuilder()
    .refId(refId(index))
    .datasource(DATA_SOURCE)
    .expr(expr)
    .legendFormat(legend)
    .format(format);
  return isRange ? builder.range() : builder.instant();
}
