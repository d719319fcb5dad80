import type { Alert } from "../../../lib/monitoring/rules/alert";
import type { RuleOptions } from "../../../lib/monitoring/rules/options";
import { alertRules } from "../../../lib/monitoring/rules/rules";
import { type FiringAlert, type TestedRules, testRules, whyNoPromtool } from "../../support/monitoring/promtool";
import { type AlertCase, LENGTHS } from "./cases/case";
import { OBJECTIVE_CASES, OBJECTIVES, type ObjectiveCase } from "./cases/objectives";
import { BACKUP_CASES, EDGE_CASES, MONITORING_CASES, NODE_CASES } from "./cases/platform";
import { PROCESSOR_CASES, PROJECTION_CASES, SERVICE_CASES } from "./cases/services";
import { EVENT_STORE_CASES, READ_STORE_CASES } from "./cases/stores";
import { type AlertRule, groupsNeededFor, rulesOf } from "./needed-rules";

const OPTIONS: RuleOptions = {
  environment: "production",
  objectives: OBJECTIVES,
  services: true,
  eventStore: { scraped: true },
  backup: { frequency: "hourly", exported: true },
  logs: true,
  runbooks: "docs/runbooks",
};
const CASES: readonly AlertCase[] = [
  ...OBJECTIVE_CASES,
  ...SERVICE_CASES,
  ...PROCESSOR_CASES,
  ...PROJECTION_CASES,
  ...EVENT_STORE_CASES,
  ...READ_STORE_CASES,
  ...EDGE_CASES,
  ...BACKUP_CASES,
  ...NODE_CASES,
  ...MONITORING_CASES,
];

const idOf = (name: string, severity: string, labels: object = {}) =>
  [name, severity, ...Object.entries(labels).map(([label, value]) => `${label}=${value}`)].join(" ");
const idOfCase = ({ name, severity, rule }: AlertCase) => idOf(name, severity, rule);
const idOfAlert = ({ name, severity, labels }: Alert) => idOf(name, severity, labels);

test("each alert has a case in which it fires", () => {
  expect(CASES.map(idOfCase).sort()).toEqual(alertRules(OPTIONS).map(idOfAlert).sort());
});

const missing = whyNoPromtool();
if (missing !== undefined) process.stderr.write(`Alerts are not tried on series: ${missing}\n`);

/** The rule of a case among those that Prometheus gets. */
function ruleOf(one: Pick<AlertCase, "name" | "severity" | "rule">): AlertRule {
  const found = rulesOf(one.name, OPTIONS)
    .filter(({ labels }) => labels.severity === one.severity)
    .filter(({ labels }) => Object.entries(one.rule ?? {}).every(([label, value]) => labels[label] === value));
  expect(found).toHaveLength(1);
  return found[0] as AlertRule;
}

/** One rule by itself, as others of its name would fire beside it. */
const groupsWith = (rule: AlertRule) => groupsNeededFor([rule], OPTIONS);

const minutesOf = (duration = "0m") => Number.parseInt(duration, 10) * (duration.endsWith("h") ? 60 : 1);
const LABEL = /\{\{ \$labels\.(\w+) \}\}/g;

/** What the alert is to say, as whoever is called reads it. */
function firingOf({ labels, summary }: AlertCase, rule: AlertRule): FiringAlert {
  const withLabels = (text = "") => text.replaceAll(LABEL, (_, label: string) => labels[label] ?? "");
  const { description, runbook_url, dashboard_url } = rule.annotations;
  return {
    labels: { ...labels, ...rule.labels, alertname: rule.alert },
    annotations: {
      summary,
      description: withLabels(description),
      runbook_url: runbook_url ?? "",
      dashboard_url: withLabels(dashboard_url),
    },
  };
}

const evaluationOf = ({ evaluation = 1 }: AlertCase) => `${evaluation}m`;

/** Silent before, and until it has lasted; then as it is to be; then over. */
function firingTest(one: AlertCase): TestedRules {
  const { good, bad, after } = one.lengths ?? LENGTHS;
  const rule = ruleOf(one);
  const at = (minute: number, firing: readonly FiringAlert[]) => ({ at: `${minute}m`, name: one.name, firing });
  const pending = good + minutesOf(rule.for) - 1;
  return {
    groups: groupsWith(rule),
    interval: "1m",
    evaluation: evaluationOf(one),
    series: one.series,
    alerts: [
      at(good - 1, []),
      ...(pending >= good ? [at(pending, [])] : []),
      at(good + bad - 1, [firingOf(one, rule)]),
      at(good + bad + after - 1, []),
    ],
  };
}

function silentTest(one: ObjectiveCase): TestedRules {
  const { good, bad } = one.lengths ?? LENGTHS;
  return {
    groups: groupsWith(ruleOf(one)),
    interval: "1m",
    evaluation: evaluationOf(one),
    series: one.below,
    alerts: [{ at: `${good + bad - 1}m`, name: one.name, firing: [] }],
  };
}

(missing === undefined ? describe : describe.skip)("alerts, on series as they would be", () => {
  let areAllSound: boolean;
  beforeAll(() => {
    areAllSound = testRules(...CASES.map(firingTest), ...OBJECTIVE_CASES.map(silentTest)) === "";
  });
  /** What promtool has to say against one of them: each by itself costs a start of promtool. */
  const complaint = (one: TestedRules) => (areAllSound ? "" : testRules(one));

  test.each(CASES.map((one) => [idOfCase(one), one] as const))("%s", (_, one) => {
    expect(complaint(firingTest(one))).toBe("");
  });

  test.each(OBJECTIVE_CASES.map((one) => [idOfCase(one), one] as const))("%s is silent below its limit", (_, one) => {
    expect(complaint(silentTest(one))).toBe("");
  });

  test("the event store is not down while commands succeed, though none of its nodes answers Prometheus", () => {
    const groups = groupsWith(ruleOf({ name: "EventStoreDown", severity: "critical" }));
    const silent = { at: "30m", name: "EventStoreDown", firing: [] };
    const series = {
      'up{environment="production",side="write",job="event-store",instance="a"}': "0x60",
      'cqrs_command_total{environment="production",side="write",status="success"}': "0+5x60",
    };
    expect(testRules({ groups, interval: "1m", series, alerts: [silent] })).toBe("");
  });
});
