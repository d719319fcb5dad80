import type { Alert } from "./alert";
import { backupAlerts } from "./backups";
import { edgeAlerts } from "./edge";
import { eventStoreAlerts } from "./event-store";
import { monitoringAlerts } from "./monitoring";
import { NODE_ALERTS } from "./nodes";
import { objectiveAlerts } from "./objectives";
import type { RuleOptions } from "./options";
import { PROCESSOR_ALERTS } from "./processors";
import { PROJECTION_ALERTS } from "./projections";
import { readStoreAlerts } from "./read-store";
import { recordingGroups } from "./recordings";
import { serviceAlerts } from "./services";

const OBJECTIVES = "cqrs-objectives";
/** Ours: each has some 3 kB, and those of all types without an objective of their own name all that have one. */
const ALERTS_OF_AN_OBJECT = 100;

const alertGroups = (options: RuleOptions): Readonly<Record<string, readonly Alert[]>> => ({
  [OBJECTIVES]: objectiveAlerts(options.objectives),
  "cqrs-services": serviceAlerts(options),
  "cqrs-processors": PROCESSOR_ALERTS,
  "cqrs-projections": PROJECTION_ALERTS,
  "cqrs-event-store": eventStoreAlerts(options),
  "cqrs-read-store": readStoreAlerts(options),
  "cqrs-edge": edgeAlerts(options),
  "cqrs-backups": backupAlerts(options),
  "cqrs-nodes": NODE_ALERTS,
  "cqrs-monitoring": monitoringAlerts(options),
});

/** Every alert of an environment. Several may have one name: each of them is told by its severity and its labels. */
export const alertRules = (options: RuleOptions): readonly Alert[] => Object.values(alertGroups(options)).flat();

/**
 * Value of kube-prometheus-stack's `additionalPrometheusRulesMap`, of which each key becomes an object. Alerts on the
 * objectives of many types are spread over several, because Kubernetes takes no larger one than 1.5 MiB.
 */
export function ruleGroups(options: RuleOptions) {
  const groupOf = (name: string, alerts: readonly Alert[]) => ({
    name,
    rules: alerts.map((alert) => alertRule(alert, options.runbooks)),
  });
  const { [OBJECTIVES]: objectives = [], ...others } = alertGroups(options);
  const [first = [], ...further] = partsOf(objectives, ALERTS_OF_AN_OBJECT);
  return {
    "cqrs-recordings": {
      groups: Object.entries(recordingGroups(options.objectives)).map(([name, recordings]) => ({
        name,
        rules: recordings.map(({ record, expr }) => ({ record, expr })),
      })),
    },
    "cqrs-alerts": {
      groups: [groupOf(OBJECTIVES, first), ...Object.entries(others).map(([name, alerts]) => groupOf(name, alerts))],
    },
    ...Object.fromEntries(
      further.map((alerts, index) => {
        const name = `${OBJECTIVES}-${index + 2}`;
        return [name, { groups: [groupOf(name, alerts)] }];
      }),
    ),
  };
}

const partsOf = <T>(all: readonly T[], length: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / length) }, (_, part) => all.slice(part * length, (part + 1) * length));

const alertRule = (alert: Alert, runbooks: string) => ({
  alert: alert.name,
  expr: alert.expr,
  ...(alert.for && { for: alert.for }),
  labels: {
    ...alert.labels,
    severity: alert.severity,
    ...(alert.outage && { outage: alert.outage }),
    ...(alert.followsFrom && { follows_from: alert.followsFrom }),
  },
  annotations: {
    summary: alert.summary,
    description: alert.description,
    runbook_url: runbookOf(alert, runbooks),
    dashboard_url: dashboardUrl(alert),
  },
});

const runbookOf = ({ name }: Alert, runbooks: string): string => `${runbooks}/${name}.md`;

/** Runbooks of the alerts that lead to a panel, each once. */
export const runbooksIn = (options: RuleOptions) => {
  const alerts = alertRules(options);
  return (dashboard: string, panel: number): readonly { readonly name: string; readonly url: string }[] => {
    const leading = alerts.filter((alert) => alert.panel.dashboard === dashboard && alert.panel.panel === panel);
    const byName = new Map(leading.map((alert) => [alert.name, runbookOf(alert, options.runbooks)]));
    return [...byName].map(([name, url]) => ({ name, url }));
  };
};

/** Below Grafana's address. */
function dashboardUrl({ panel: { dashboard, panel }, labels }: Alert): string {
  const side = labels?.side ?? "{{ $labels.side }}";
  return `/d/${dashboard}?viewPanel=${panel}&var-environment={{ $labels.environment }}&var-side=${side}`;
}
