import type { Options as BarGaugeOptions } from "@grafana/grafana-foundation-sdk/bargauge";
import type { ReduceDataOptions, VizLegendOptions, VizTooltipOptions } from "@grafana/grafana-foundation-sdk/common";
import type {
  FieldColor,
  FieldConfigSource,
  Panel as GrafanaPanel,
  ThresholdsConfig,
  ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { Options as HeatmapOptions } from "@grafana/grafana-foundation-sdk/heatmap";
import type { Dataquery } from "@grafana/grafana-foundation-sdk/prometheus";
import type { Options as StatOptions } from "@grafana/grafana-foundation-sdk/stat";
import type {
  FieldConfig as StateTimelineField,
  Options as StateTimelineOptions,
} from "@grafana/grafana-foundation-sdk/statetimeline";
import type { FieldConfig as TableField, Options as TableOptions } from "@grafana/grafana-foundation-sdk/table";
import type {
  FieldConfig as TimeSeriesField,
  Options as TimeSeriesOptions,
} from "@grafana/grafana-foundation-sdk/timeseries";
import { DATA_SOURCES } from "../grafana";
import type { Panel, Query, Threshold, ValueText } from "./dashboard";
import type { Json, LinkJson, PanelJson } from "./grafana-json";
import type { Place } from "./layout";

/** The parts of Grafana's JSON that depend on the kind of a panel. */
interface Visualization extends Json<Pick<GrafanaPanel, "type" | "transformations">> {
  readonly options: object;
  readonly custom?: object;
  /** @default - a color for each series */
  readonly color?: Json<FieldColor>;
  readonly overrides?: Json<FieldConfigSource["overrides"]>;
}

type PrometheusQuery = Json<Dataquery>;

export const DATA_SOURCE = { type: "prometheus", uid: DATA_SOURCES.prometheus } as const;

const LAST: Json<ReduceDataOptions> = { calcs: ["lastNotNull"] };
const LEGEND: Json<VizLegendOptions> = { displayMode: "list", placement: "bottom", showLegend: true, calcs: [] };
const ALL_SERIES: Json<VizTooltipOptions> = { mode: "multi", sort: "asc" };
const BY_THRESHOLD: Json<FieldColor> = { mode: "thresholds" };

const timeSeries = ({ thresholds }: Panel): Visualization => ({
  type: "timeseries",
  options: { legend: LEGEND, tooltip: ALL_SERIES } satisfies Json<TimeSeriesOptions>,
  custom: {
    axisSoftMin: 0,
    fillOpacity: 10,
    ...(thresholds && { thresholdsStyle: { mode: "dashed" } }),
  } satisfies Json<TimeSeriesField>,
});

const STATE_TIMELINE: Visualization = {
  type: "state-timeline",
  options: {
    showValue: "auto",
    rowHeight: 0.9,
    mergeValues: true,
    alignValue: "left",
    legend: LEGEND,
    tooltip: ALL_SERIES,
    perPage: 20,
  } satisfies Json<StateTimelineOptions>,
  custom: { lineWidth: 0, fillOpacity: 70 } satisfies Json<StateTimelineField>,
  color: BY_THRESHOLD,
};

const stat = ({ values }: Panel): Visualization => ({
  type: "stat",
  options: {
    graphMode: "area",
    colorMode: values === undefined ? "value" : "background",
    justifyMode: "auto",
    textMode: "auto",
    wideLayout: true,
    showPercentChange: false,
    reduceOptions: LAST,
    percentChangeColorMode: "standard",
    orientation: "auto",
  } satisfies Json<StatOptions>,
  color: BY_THRESHOLD,
});

/** A table with a column for each label and for each query's value, which has the query's legend as its title. */
const table = ({ queries, thresholds }: Panel): Visualization => {
  const columns = queries.length === 1 ? ["Value"] : queries.map((_, index) => `Value #${refId(index)}`);
  const renameByName = Object.fromEntries(queries.map((query, index) => [columns[index], query.legend]));
  return {
    type: "table",
    options: {
      frameIndex: 0,
      showHeader: true,
      showTypeIcons: false,
      footer: { show: false, reducer: [], countRows: false },
      cellHeight: "sm",
      sortBy: queries.slice(0, 1).map((query) => ({ displayName: query.legend, desc: true })),
    } satisfies Json<TableOptions>,
    custom: { align: "auto", inspect: false } satisfies Json<TableField>,
    color: BY_THRESHOLD,
    overrides: (thresholds === undefined ? [] : queries).map((query) => ({
      matcher: { id: "byName", options: query.legend },
      properties: [{ id: "custom.cellOptions", value: { type: "color-background" } }],
    })),
    transformations: [
      ...(queries.length === 1 ? [] : [{ id: "merge", options: {} }]),
      { id: "organize", options: { excludeByName: { Time: true }, indexByName: {}, renameByName } },
    ],
  };
};

const BAR_GAUGE: Visualization = {
  type: "bargauge",
  options: {
    displayMode: "gradient",
    valueMode: "color",
    namePlacement: "auto",
    showUnfilled: true,
    sizing: "auto",
    minVizWidth: 8,
    minVizHeight: 16,
    legend: { ...LEGEND, showLegend: false },
    reduceOptions: LAST,
    maxVizHeight: 300,
    orientation: "auto",
  } satisfies Json<BarGaugeOptions>,
  color: BY_THRESHOLD,
};

const HEATMAP: Visualization = {
  type: "heatmap",
  options: {
    calculate: false,
    color: { scheme: "Oranges", fill: "dark-orange", exponent: 0.5, steps: 64, reverse: false },
    filterValues: { le: 1e-9 },
    showValue: "auto",
    cellGap: 1,
    yAxis: {},
    legend: { show: true },
    tooltip: { mode: "single" },
    exemplars: { color: "rgba(255,0,255,0.7)" },
    selectionMode: "x",
  } satisfies Json<HeatmapOptions>,
  custom: {},
};

const VISUALIZATIONS: Readonly<Record<Panel["kind"], (panel: Panel) => Visualization>> = {
  timeseries: timeSeries,
  statetimeline: () => STATE_TIMELINE,
  stat,
  table,
  bargauge: () => BAR_GAUGE,
  heatmap: () => HEATMAP,
};

/** Panels over time query a range; the others query the current value. */
const OVER_TIME = { range: true, instant: false } as const;
const NOW = { instant: true, range: false } as const;

const FORMATS: Readonly<Record<Panel["kind"], Pick<PrometheusQuery, "format" | "range" | "instant">>> = {
  timeseries: { format: "time_series", ...OVER_TIME },
  statetimeline: { format: "time_series", ...OVER_TIME },
  heatmap: { format: "heatmap", ...OVER_TIME },
  stat: { format: "time_series", ...NOW },
  bargauge: { format: "time_series", ...NOW },
  table: { format: "table", ...NOW },
};

/** Returns Grafana's JSON of a panel. */
export function grafanaPanel(panel: Panel, gridPos: Place, links: readonly LinkJson[]): PanelJson {
  const { kind, id, title, description, unit, queries, thresholds, values, max, empty } = panel;
  const { type, options, custom, color, overrides = [], transformations } = VISUALIZATIONS[kind](panel);
  return {
    type,
    transparent: false,
    repeatDirection: "h",
    options,
    fieldConfig: {
      defaults: {
        custom,
        color,
        unit,
        thresholds: thresholdsConfig(thresholds),
        mappings: values?.map(mapping),
        max,
        noValue: empty,
      },
      overrides,
    },
    transformations,
    id,
    title,
    description,
    gridPos,
    datasource: DATA_SOURCE,
    links,
    targets: queries.map((query, index) => prometheusQuery(kind, query, index)),
  } satisfies Json<GrafanaPanel>;
}

/** The color below the first threshold. Without thresholds it is neutral. */
const colorBelow = (thresholds: readonly Threshold[] | undefined) => {
  if (thresholds === undefined) return "text";
  return thresholds.some(({ color }) => color === "green") ? "red" : "green";
};

const thresholdsConfig = (thresholds: readonly Threshold[] | undefined): Json<ThresholdsConfig> => ({
  mode: "absolute",
  steps: [
    { value: null, color: colorBelow(thresholds) },
    ...(thresholds ?? []).map(({ from, color }) => ({ value: from, color })),
  ],
});

const mapping = ({ value, text, color }: ValueText, index: number): Json<ValueMapping> => ({
  type: "value",
  options: { [value]: { text, color, index } },
});

const prometheusQuery = (kind: Panel["kind"], { expr, legend }: Query, index: number): PrometheusQuery => ({
  expr,
  refId: refId(index),
  datasource: DATA_SOURCE,
  legendFormat: legend,
  ...FORMATS[kind],
});

const LETTERS = 26;

/** A query's id in its panel: A to Z, then A1. */
const refId = (index: number): string =>
  `${String.fromCharCode("A".charCodeAt(0) + (index % LETTERS))}${index < LETTERS ? "" : Math.floor(index / LETTERS)}`;
