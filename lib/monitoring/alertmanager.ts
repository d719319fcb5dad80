import {
  type AlertingConfig,
  DEFAULT_EVERY_MINUTES,
  DEFAULT_REPEAT_HOURS,
  type DeadMansSwitch,
  OWN_RECEIVERS,
  type Receiver,
} from "../config/alerting";
import { POD_REPLICAS, POD_RESOURCES } from "../config/pod-resources";
import { ONE_STAYS } from "../kubernetes/addons/replicas";
import { externalSecret } from "../kubernetes/external-secret";
import type { Manifest } from "../kubernetes/manifest-release";
import { NAMESPACES } from "../kubernetes/namespaces";
import { TWO_ZONES } from "../kubernetes/spread";
import { RECEIVERS_SECRET, receiversOf } from "./alert-receivers";
import { MONITORING_SECRET_STORE } from "./monitoring-secrets";
import { OUTAGES } from "./rules/alert";

export interface AlertmanagerProps {
  readonly storageClassName: string;
  /** @default - nobody hears of anything */
  readonly alerting?: AlertingConfig;
  /** Where people reach Grafana, to which dashboards' links are relative. @default - links are paths */
  readonly grafanaUrl?: string;
}

const { nobody: NOBODY, deadMansSwitch: DEAD_MANS_SWITCH } = OWN_RECEIVERS;

/** Alerts that are one problem come as one message. */
const GROUP_BY = ["alertname", "environment", "side"];
/** As long as alerts of one cause take to come together, and until more of them are told. */
const WAITING = {
  critical: { group_wait: "30s", group_interval: "5m" },
  warning: { group_wait: "2m", group_interval: "15m" },
} as const;
/** The chart's own words for what is no problem by itself: its InfoInhibitor and Watchdog are 'none'. */
const QUIET = "info|none";
/** A severity that nobody has heard of, or none, is a warning: a rule with a mistake in it is heard too. */
const SEVERITY_MATCHERS = { critical: 'severity="critical"', warning: `severity!~"critical|${QUIET}"` } as const;

/** The part `alertmanager` of kube-prometheus-stack's values. */
export const alertmanagerValues = ({ storageClassName, alerting, grafanaUrl }: AlertmanagerProps): object => ({
  podDisruptionBudget: { enabled: true, ...ONE_STAYS },
  alertmanagerSpec: {
    ...TWO_ZONES,
    replicas: POD_REPLICAS.alertmanager,
    storage: {
      volumeClaimTemplate: {
        spec: { storageClassName, accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "2Gi" } } },
      },
    },
    resources: POD_RESOURCES.alertmanager,
    ...(secretsOf(alerting).length > 0 && { secrets: [RECEIVERS_SECRET] }),
  },
  config: alertmanagerConfig(alerting, grafanaUrl),
});

/** Alertmanager's own configuration, each list of it: Helm would leave the chart's where ours are missing. */
export const alertmanagerConfig = (alerting: AlertingConfig | undefined, grafanaUrl = ""): object => ({
  route: { receiver: NOBODY, group_by: GROUP_BY, routes: routesOf(alerting) },
  inhibit_rules: INHIBITIONS,
  receivers: receiversOf(alerting, grafanaUrl),
});

/** The first route that fits takes an alert; `continue` lets the others of its severity have it, too. */
const routesOf = (alerting: AlertingConfig | undefined): readonly object[] => [
  watchdogRoute(alerting?.deadMansSwitch),
  { receiver: NOBODY, matchers: [`severity=~"${QUIET}"`] },
  ...(["critical", "warning"] as const).flatMap((severity) =>
    (alerting?.[severity] ?? []).map((receiver) => ({
      receiver,
      matchers: [SEVERITY_MATCHERS[severity]],
      ...WAITING[severity],
      repeat_interval: `${alerting?.repeatHours?.[severity] ?? DEFAULT_REPEAT_HOURS[severity]}h`,
      continue: true,
    })),
  ),
];

/**
 * The chart's Watchdog always fires, and is heard only by who misses it. Alertmanager repeats at each group interval
 * after the repeat interval is over: were they the same, every second one would come a moment too early.
 */
const watchdogRoute = (deadMansSwitch: DeadMansSwitch | undefined) => {
  const matchers = ['alertname="Watchdog"'];
  if (deadMansSwitch === undefined) return { receiver: NOBODY, matchers };
  const seconds = (deadMansSwitch.everyMinutes ?? DEFAULT_EVERY_MINUTES) * 60;
  return {
    receiver: DEAD_MANS_SWITCH,
    matchers,
    group_wait: "0s",
    group_interval: `${seconds}s`,
    repeat_interval: `${seconds / 2}s`,
  };
};

/** What tells two alerts of one name from each other, in ours and in the chart's; a label that both lack is the same. */
export const IDENTITY = [
  "alertname",
  "environment",
  "side",
  "namespace",
  "instance",
  "node",
  "device",
  "mountpoint",
  "persistentvolumeclaim",
  "objective",
  "processor",
  "projection",
  "target",
  "dbinstance_identifier",
  "cache_cluster_id",
] as const;

/** What says why another alert is there silences that one. */
const INHIBITIONS: readonly object[] = [
  // The warning says less of the same.
  { source_matchers: ['severity="critical"'], target_matchers: ['severity=~"warning|info"'], equal: IDENTITY },
  { source_matchers: ['severity="warning"'], target_matchers: ['severity="info"'], equal: IDENTITY },
  // The chart's own: information is of use only beside something that is wrong in the same namespace.
  {
    source_matchers: ['alertname="InfoInhibitor"'],
    target_matchers: ['severity="info"'],
    equal: ["environment", "namespace"],
  },
  { target_matchers: ['alertname="InfoInhibitor"'] },
  // The chart's say the same of a node later, and in two more ways.
  {
    source_matchers: ['alertname="NodeNotReady"'],
    target_matchers: ['alertname=~"KubeNodeNotReady|KubeNodeUnreachable|KubeNodeReadinessFlapping"'],
    equal: ["environment", "side", "node"],
  },
  ...OUTAGES.map((outage) => ({
    source_matchers: [`outage="${outage}"`],
    target_matchers: [`follows_from="${outage}"`],
    equal: ["environment"],
  })),
];

/** Each receiver's secret, by the receiver's name. */
function secretsOf(alerting: AlertingConfig | undefined): readonly (readonly [receiver: string, secret: string])[] {
  const named = Object.entries(alerting?.receivers ?? {}).map(
    ([name, receiver]) => [name, secretOf(receiver)] as const,
  );
  return [...named, [DEAD_MANS_SWITCH, alerting?.deadMansSwitch?.token] as const].flatMap(([name, secret]) =>
    secret === undefined ? [] : [[name, secret] as const],
  );
}

function secretOf(receiver: Receiver): string | undefined {
  if ("slack" in receiver) return receiver.slack.webhook;
  if ("pagerDuty" in receiver) return receiver.pagerDuty.routingKey;
  return "email" in receiver ? receiver.email.password : receiver.webhook.token;
}

/** The Kubernetes secret from which Alertmanager reads them, as files; nothing where none is needed. */
export const receiverSecrets = (alerting: AlertingConfig | undefined): readonly Manifest[] => {
  const secrets = secretsOf(alerting);
  if (secrets.length === 0) return [];
  return [
    externalSecret({
      name: RECEIVERS_SECRET,
      namespace: NAMESPACES.monitoring,
      store: MONITORING_SECRET_STORE,
      data: Object.fromEntries(secrets.map(([receiver, secret]) => [receiver, { secret }])),
    }),
  ];
};
