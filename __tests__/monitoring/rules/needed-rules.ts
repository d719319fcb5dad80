import type { Recording } from "../../../lib/monitoring/rules/alert";
import type { RuleOptions } from "../../../lib/monitoring/rules/options";
import { recordingRules } from "../../../lib/monitoring/rules/recordings";
import { ruleGroups } from "../../../lib/monitoring/rules/rules";
import type { RuleGroup } from "../../support/monitoring/promtool";

/** A rule of an alert, as Prometheus gets it. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly for?: string;
}

/** All rules of an alert. */
export const rulesOf = (alert: string, options: RuleOptions): readonly AlertRule[] =>
  ruleGroups(options)
    ["cqrs-alerts"].groups.flatMap(({ rules }): readonly AlertRule[] => rules)
    .filter((rule) => rule.alert === alert);

/** Alerts, and what is recorded for them. */
export const groupsNeededFor = (alerts: readonly AlertRule[], { objectives }: RuleOptions): readonly RuleGroup[] => [
  recordingsNeededFor(
    alerts.map(({ expr }) => expr),
    objectives,
  ),
  { name: "alerts", rules: alerts },
];

/** Recordings that expressions ask for, and those that they ask for. All others would only take their time. */
export function recordingsNeededFor(exprs: readonly string[], objectives: RuleOptions["objectives"]): RuleGroup {
  const asking = [...exprs];
  const isAsked = ({ record }: Recording) => asking.some((expr) => new RegExp(`\\b${record}\\b`).test(expr));
  const needed = [...recordingRules(objectives)].reverse().filter((recording) => {
    const isNeeded = isAsked(recording);
    if (isNeeded) asking.push(recording.expr);
    return isNeeded;
  });
  return { name: "recordings", rules: needed.reverse().map(({ record, expr }) => ({ record, expr })) };
}
