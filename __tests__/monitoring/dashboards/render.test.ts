import type { Dashboard, Panel } from "../../../lib/monitoring/dashboards/dashboard";
import { dashboardsOf } from "../../../lib/monitoring/dashboards/dashboards";
import { dashboardJson, type RunbooksOf } from "../../../lib/monitoring/dashboards/render";

interface Rendered {
  readonly panels: readonly RenderedPanel[];
  readonly [key: string]: unknown;
}
interface RenderedPanel {
  readonly id: number;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly [key: string]: unknown;
}

const SOURCE = { type: "prometheus", uid: "prometheus" };
const ALL = dashboardsOf({ eventStore: { scraped: true }, hourlyPrices: { "m6i.large": 0.115 } });
const noRunbooks: RunbooksOf = () => [];
const rendered = (dashboard: Dashboard, runbooksOf = noRunbooks): Rendered =>
  JSON.parse(dashboardJson(dashboard, runbooksOf));

const PANEL: Panel = {
  id: 7,
  kind: "timeseries",
  title: "Requests",
  description: "How many are there? None is bad.",
  unit: "reqps",
  queries: [{ expr: "up", legend: "{{job}}" }],
  width: 12,
};
const dashboardOf = (...panels: Panel[]): Dashboard => ({
  uid: "some",
  title: "Some",
  description: "Some",
  variables: [],
  rows: [{ title: "Row", panels }],
});
const only = (panel: Partial<Panel>) => rendered(dashboardOf({ ...PANEL, ...panel })).panels[1];

const overlap = (a: RenderedPanel["gridPos"], b: RenderedPanel["gridPos"]) =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

describe("A dashboard's JSON", () => {
  test("is what Grafana imports by the same id for ever", () => {
    expect(rendered(dashboardOf())).toMatchObject({
      uid: "some",
      title: "Some",
      tags: ["cqrs"],
      editable: false,
      refresh: "1m",
      time: { from: "now-6h", to: "now" },
      timezone: "browser",
      links: [{ type: "dashboards", tags: ["cqrs"], asDropdown: true, includeVars: true, keepTime: true }],
    });
  });

  test("shows its links, and hides none in a menu", () => {
    const runbooksOf = () => [{ name: "NodeDown", url: "https://example.com" }];
    expect(dashboardJson(dashboardOf(PANEL), runbooksOf)).not.toContain('"placement": "inControlsMenu"');
  });

  test("is the same text each time", () => {
    const texts = () => ALL.map((dashboard) => dashboardJson(dashboard, noRunbooks));
    expect(texts()).toEqual(texts());
  });

  test.each(ALL)("of $uid has ids of their own for rows and panels", (dashboard) => {
    const ids = rendered(dashboard).panels.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });

  test.each(ALL)("of $uid has all within 24 columns, and nothing over something else", (dashboard) => {
    const places = rendered(dashboard).panels.map(({ gridPos }) => gridPos);
    expect(places.filter(({ x, y, w, h }) => x < 0 || y < 0 || w < 1 || h < 1 || x + w > 24)).toEqual([]);
    const pairs = places.flatMap((place, index) => places.slice(index + 1).map((other) => [place, other] as const));
    expect(pairs.filter(([a, b]) => overlap(a, b))).toEqual([]);
  });

  test.each(ALL)("of $uid asks the data source that Grafana is given, with each query and variable", (dashboard) => {
    const { panels, templating } = rendered(dashboard);
    const asking = panels.filter(({ type }) => type !== "row");
    for (const { datasource, targets } of asking) {
      expect(datasource).toEqual(SOURCE);
      for (const target of targets as readonly unknown[])
        expect(target).toMatchObject({
          refId: expect.stringMatching(/^[A-Z]\d*$/),
          expr: expect.stringMatching(/\S/),
          datasource: SOURCE,
        });
    }
    for (const variable of (templating as { list: readonly unknown[] }).list)
      expect(variable).toMatchObject({ type: "query", datasource: SOURCE });
  });

  test("puts panels side by side as far as they fit, and the next row below the highest", () => {
    const dashboard: Dashboard = {
      ...dashboardOf(),
      rows: [
        {
          title: "One",
          panels: [
            { ...PANEL, height: 4 },
            { ...PANEL, id: 8, height: 6 },
            { ...PANEL, id: 9 },
          ],
        },
        { title: "Two", panels: [] },
      ],
    };
    expect(rendered(dashboard).panels.map(({ gridPos }) => gridPos)).toEqual([
      { x: 0, y: 0, w: 24, h: 1 },
      { x: 0, y: 1, w: 12, h: 4 },
      { x: 12, y: 1, w: 12, h: 6 },
      { x: 0, y: 7, w: 12, h: 8 },
      { x: 0, y: 15, w: 24, h: 1 },
    ]);
  });

  test("leads from a panel to the runbooks of its alerts", () => {
    const { panels } = rendered(dashboardOf(PANEL, { ...PANEL, id: 8 }), (uid, panelId) =>
      panelId === 7 ? [{ name: "NodeDown", url: `https://example.com/${uid}` }] : [],
    );
    expect(panels.slice(1).map(({ links }) => links)).toMatchObject([
      [{ title: "Runbook: NodeDown", url: "https://example.com/some", targetBlank: true }],
      [],
    ]);
  });

  test("asks for a range where time is shown, and for now where it is not", () => {
    const asked = (["timeseries", "statetimeline", "heatmap", "stat", "bargauge", "table"] as const).map(
      (kind) => only({ kind })?.targets,
    );
    expect(asked).toMatchObject([
      [{ range: true, format: "time_series" }],
      [{ range: true, format: "time_series" }],
      [{ range: true, format: "heatmap" }],
      [{ instant: true, format: "time_series" }],
      [{ instant: true, format: "time_series" }],
      [{ instant: true, format: "table" }],
    ]);
  });

  test("shows limits as colours from their value on, over what is well", () => {
    expect(only({ thresholds: [{ from: 5, color: "red" }] })?.fieldConfig).toMatchObject({
      defaults: {
        unit: "reqps",
        custom: { thresholdsStyle: { mode: "dashed" } },
        thresholds: {
          mode: "absolute",
          steps: [
            { value: null, color: "green" },
            { value: 5, color: "red" },
          ],
        },
      },
    });
  });

  test("shows as bad what is below the lowest limit, where more is better", () => {
    expect(only({ thresholds: [{ from: 0.2, color: "green" }] })?.fieldConfig).toMatchObject({
      defaults: {
        thresholds: {
          steps: [
            { value: null, color: "red" },
            { value: 0.2, color: "green" },
          ],
        },
      },
    });
  });

  test("gives nothing a colour of good or bad that has no limits", () => {
    expect(only({ kind: "stat" })?.fieldConfig).toMatchObject({
      defaults: { thresholds: { steps: [{ value: null, color: "text" }] } },
    });
  });

  test("shows words for values", () => {
    const values = [{ value: 0, text: "Unhealthy", color: "red" }] as const;
    expect(only({ kind: "stat", values })).toMatchObject({
      options: { colorMode: "background", reduceOptions: { calcs: ["lastNotNull"] } },
      fieldConfig: {
        defaults: { mappings: [{ type: "value", options: { 0: { text: "Unhealthy", color: "red", index: 0 } } }] },
      },
    });
  });

  test("calls a table's only column of values by its query's legend, without the time", () => {
    expect(only({ kind: "table", queries: [{ expr: "up", legend: "Up" }] })?.transformations).toEqual([
      { id: "organize", options: { excludeByName: { Time: true }, indexByName: {}, renameByName: { Value: "Up" } } },
    ]);
  });

  test("merges what several queries of a table find", () => {
    const queries = [
      { expr: "up", legend: "Up" },
      { expr: "1 - up", legend: "Down" },
    ];
    expect(only({ kind: "table", queries })?.transformations).toEqual([
      { id: "merge", options: {} },
      {
        id: "organize",
        options: {
          excludeByName: { Time: true },
          indexByName: {},
          renameByName: { "Value #A": "Up", "Value #B": "Down" },
        },
      },
    ]);
  });

  test("names the 27th query like none before it", () => {
    const queries = Array.from({ length: 27 }, () => ({ expr: "up", legend: "up" }));
    const targets = only({ queries })?.targets as readonly { refId: string }[];
    expect([targets[0], targets[25], targets[26]].map((target) => target?.refId)).toEqual(["A", "Z", "A1"]);
  });

  test("lets one choose one environment, and several sides or all that will ever be", () => {
    const overview = ALL.find(({ uid }) => uid === "cqrs-overview") ?? dashboardOf();
    expect(rendered(overview).templating).toMatchObject({
      list: [
        { name: "environment", refresh: 1, query: { query: "label_values(up, environment)" } },
        { name: "side", multi: true, includeAll: true, allValue: ".+", current: { value: ["$__all"] } },
      ],
    });
  });
});
