import { PanelBuilder as BarGauge } from "@grafana/grafana-foundation-sdk/bargauge";
import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import {
  BigValueColorMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  TableSortByFieldStateBuilder,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  type DataTransformerConfig,
  FieldColorBuilder,
  FieldColorModeId,
  type Panel as GrafanaPanel,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as Heatmap } from "@grafana/grafana-foundation-sdk/heatmap";
import { PanelBuilder as Stat } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as StateTimeline } from "@grafana/grafana-foundation-sdk/statetimeline";
import { PanelBuilder as Table } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeSeries } from "@grafana/grafana-foundation-sdk/timeseries";
import type { Panel } from "./dashboard";

/** What all kinds of panels have in common, beside what each is for. */
export type PanelBuilder = (TimeSeries | StateTimeline | Stat | Table | BarGauge | Heatmap) & Builder<GrafanaPanel>;

const last = () => new ReduceDataOptionsBuilder().calcs(["lastNotNull"]);
const legend = () => new VizLegendOptionsBuilder().showLegend(true).placement(LegendPlacement.Bottom);
const all = () => new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi);
const byValue = () => new FieldColorBuilder().mode(FieldColorModeId.Thresholds);

const timeSeries = ({ thresholds }: Panel) => {
  const builder = new TimeSeries().legend(legend()).tooltip(all()).axisSoftMin(0).fillOpacity(10);
  if (thresholds === undefined) return builder;
  return builder.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
};

const stat = ({ values }: Panel) =>
  new Stat()
    .reduceOptions(last())
    .colorScheme(byValue())
    .colorMode(values === undefined ? BigValueColorMode.Value : BigValueColorMode.Background);

/** Labels are columns, and so is each query's value, by its legend. */
const table = ({ queries, thresholds }: Panel) => {
  const columns = queries.length === 1 ? ["Value"] : queries.map((_, index) => `Value #${refId(index)}`);
  const renameByName = Object.fromEntries(queries.map((query, index) => [columns[index], query.legend]));
  const transformations: readonly DataTransformerConfig[] = [
    ...(queries.length === 1 ? [] : [{ id: "merge", options: {} }]),
    { id: "organize", options: { excludeByName: { Time: true }, indexByName: {}, renameByName } },
  ];
  const builder = new Table()
    .colorScheme(byValue())
    .transformations([...transformations])
    .sortBy(
      queries.slice(0, 1).map((query) => new TableSortByFieldStateBuilder().displayName(query.legend).desc(true)),
    );
  for (const query of thresholds === undefined ? [] : queries)
    builder.overrideByName(query.legend, [{ id: "custom.cellOptions", value: { type: "color-background" } }]);
  return builder;
};

const BUILDERS: Readonly<Record<Panel["kind"], (panel: Panel) => PanelBuilder>> = {
  timeseries: timeSeries,
  statetimeline: () => new StateTimeline().legend(legend()).tooltip(all()).colorScheme(byValue()),
  stat,
  table,
  bargauge: () => new BarGauge().reduceOptions(last()).colorScheme(byValue()),
  heatmap: () => new Heatmap(),
};

/** A panel of its kind, with what only that kind has. */
export const panelBuilder = (panel: Panel): PanelBuilder => BUILDERS[panel.kind](panel);

const LETTERS = 26;

/** A query's name in its panel: A to Z, then A1. */
export const refId = (index: number): string =>
  `${String.fromCharCode("A".charCodeAt(0) + (index % LETTERS))}${index < LETTERS ? "" : Math.floor(index / LETTERS)}`;
