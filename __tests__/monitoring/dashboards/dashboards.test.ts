import type { Dashboard, Panel } from "../../../lib/monitoring/dashboards/dashboard";
import { dashboardsOf } from "../../../lib/monitoring/dashboards/dashboards";
import { DEGRADED_LAG_EVENTS } from "../../../lib/monitoring/metrics/cqrs";
import { recordingRules } from "../../../lib/monitoring/rules/recordings";
import { alertRules } from "../../../lib/monitoring/rules/rules";
import { expressionProblems, labelsOf } from "../../support/monitoring/promql";

const PRICES = { "m6i.large": 0.115, "c6i.xlarge": 0.204 };
const TYPES = { percent: 95, seconds: 1, fastPercent: 90 };
const objectives = { commandTypes: { PlaceOrder: TYPES }, queryTypes: { ListOrders: TYPES } };
const ALL = dashboardsOf({ eventStore: { scraped: true }, objectives, hourlyPrices: PRICES });
const PANELS = ALL.flatMap((dashboard) =>
  panelsOf(dashboard).map((panel) => ({ name: `${dashboard.uid} ${panel.id}`, dashboard, panel })),
);
const QUERIES = PANELS.flatMap(({ name, panel, dashboard }) =>
  panel.queries.map((query) => ({ name: `${name} ${query.legend}`, dashboard, panel, query })),
);

/** Alerts and bookmarks lead to them: whatever else changes, these stay. */
const PANEL_IDS = {
  "cqrs-overview": upTo(23),
  "cqrs-commands": upTo(15),
  "cqrs-queries": upTo(10),
  "cqrs-projections": upTo(7),
  "cqrs-event-store": upTo(10),
  "cqrs-postgresql": upTo(7),
  "cqrs-redis": upTo(6),
  "cqrs-edge": upTo(10),
  "cqrs-cost": upTo(5),
};

function panelsOf({ rows }: Dashboard): readonly Panel[] {
  return rows.flatMap(({ panels }) => panels);
}
function upTo(last: number) {
  return Array.from({ length: last }, (_, index) => index + 1);
}
const panel = (uid: string, id: number, of = ALL) => {
  const found = of.find((dashboard) => dashboard.uid === uid);
  return found && panelsOf(found).find((each) => each.id === id);
};
const exprs = (uid: string, id: number, of = ALL) => panel(uid, id, of)?.queries.map(({ expr }) => expr);

describe("dashboards", () => {
  test("have the ids that alerts and bookmarks lead to, each of them once", () => {
    const ids = ALL.map((each) => [
      each.uid,
      panelsOf(each)
        .map(({ id }) => id)
        .sort((a, b) => a - b),
    ]);
    expect(Object.fromEntries(ids)).toEqual(PANEL_IDS);
  });

  test("have each panel that an alert leads to", () => {
    const alerts = alertRules({
      environment: "production",
      services: true,
      eventStore: { scraped: true },
      backup: { frequency: "hourly", exported: true },
      logs: true,
      runbooks: "docs/runbooks",
    });
    const lost = alerts.filter((alert) => panel(alert.panel.dashboard, alert.panel.panel) === undefined);
    expect(lost.map(({ name }) => name)).toEqual([]);
    expect(alerts.length).toBeGreaterThan(0);
  });

  test.each(ALL)("$uid has variables that are all used, and uses none that it does not have", (dashboard) => {
    const used = new Set(
      panelsOf(dashboard)
        .flatMap(({ queries }) => queries)
        .flatMap(({ expr }) => [...expr.matchAll(/\$(?!__)([a-z]\w*)/g)].map(([, name]) => name)),
    );
    expect([...used].sort()).toEqual(dashboard.variables.map(({ name }) => name).sort());
  });

  test.each(PANELS)("$name says what it shows, in which unit", ({ panel: { title, description, unit } }) => {
    expect({ title, description, unit }).toEqual({
      title: expect.stringMatching(/\S/),
      // A question, and what a bad answer looks like.
      description: expect.stringMatching(/^[^?]+\? \S.*\.$/),
      unit: expect.stringMatching(/\S/),
    });
  });

  test.each(QUERIES)("$name asks for what is exported or recorded", ({ query: { expr } }) => {
    expect(expressionProblems(expr, recordingRules(objectives))).toEqual([]);
  });

  test.each(QUERIES)("$name asks for one environment and a side, with each series", ({ query: { expr } }) => {
    const selectors = [...expr.matchAll(/\{([^}]*)\}/g)].map(([, matchers = ""]) => matchers);
    expect(
      selectors.filter((it) => !/^environment=~"\$environment",side(=~"\$side"|="(write|read)")/.test(it)),
    ).toEqual([]);
    expect(selectors.length).toBeGreaterThan(0);
  });

  test.each(QUERIES)("$name is called by labels that it has", ({ query: { expr, legend } }) => {
    const labels = labelsOf(expr, recordingRules(objectives));
    const named = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label);
    expect(named.filter((label) => !labels.has(label))).toEqual([]);
  });

  test.each([
    ["cqrs-overview", 9],
    ["cqrs-projections", 1],
  ])("%s shows in panel %d from when on a projection is degraded", (uid, id) => {
    expect(panel(uid, id)?.thresholds).toEqual([{ from: DEGRADED_LAG_EVENTS, color: "orange" }]);
  });

  test("begin with the health of the platform's parts, in words and colours", () => {
    expect(ALL[0]?.rows[0]?.panels[0]).toMatchObject({
      id: 1,
      values: [
        { value: 2, text: "Healthy", color: "green" },
        { value: 1, text: "Degraded", color: "orange" },
        { value: 0, text: "Unhealthy", color: "red" },
      ],
    });
  });

  test("have none of an event store that is not scraped", () => {
    const uids = dashboardsOf({ eventStore: { scraped: false } }).map(({ uid }) => uid);
    expect(uids).toEqual(ALL.map(({ uid }) => uid).filter((uid) => uid !== "cqrs-event-store"));
  });

  test("have no dollars without prices", () => {
    expect(panel("cqrs-cost", 5, dashboardsOf({ eventStore: { scraped: true } }))).toBeUndefined();
  });

  test("add up each instance type by its price, in the same order whichever it was given in", () => {
    const reversed = Object.fromEntries(Object.entries(PRICES).reverse());
    const type = "label_node_kubernetes_io_instance_type";
    const nodes = (name: string) =>
      `count by (side, ${type}) (kube_node_labels{environment=~"$environment",side=~"$side",${type}="${name}"})`;
    const expected = [`sum by (side) (0.204 * ${nodes("c6i.xlarge")} or 0.115 * ${nodes("m6i.large")})`];
    expect(exprs("cqrs-cost", 5)).toEqual(expected);
    expect(exprs("cqrs-cost", 5, dashboardsOf({ eventStore: { scraped: true }, hourlyPrices: reversed }))).toEqual(
      expected,
    );
  });

  test("judge a type with an objective of its own by that alone", () => {
    const share = (matcher: string) =>
      ["failures", "rate"]
        .map((what) => `sum(cqrs:command_${what}:rate3d{environment=~"$environment",side="write",${matcher}})`)
        .join(" / ");
    expect(exprs("cqrs-commands", 3)).toEqual([
      `1 - ${share('command_type!~"PlaceOrder"')} / 0.001`,
      `1 - ${share('command_type="PlaceOrder"')} / 0.05`,
    ]);
  });
});
