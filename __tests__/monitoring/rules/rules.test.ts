import { NAMESPACES } from "../../../lib/kubernetes/namespaces";
import { OUTAGES } from "../../../lib/monitoring/rules/alert";
import type { RuleOptions } from "../../../lib/monitoring/rules/options";
import { recordingRules } from "../../../lib/monitoring/rules/recordings";
import { alertRules, ruleGroups } from "../../../lib/monitoring/rules/rules";
import { definitionProblems, hasDefinitions } from "../../support/cluster/custom-resources";
import { expressionProblems, labelsOf } from "../../support/monitoring/promql";
import { checkRules, whyNoPromtool } from "../../support/monitoring/promtool";
import { OBJECTIVES } from "./cases/objectives";

const OPTIONS: RuleOptions = {
  environment: "production",
  objectives: OBJECTIVES,
  services: true,
  eventStore: { scraped: true },
  backup: { frequency: "hourly", exported: true },
  logs: true,
  runbooks: "https://wiki.example.com/runbooks",
};
const ALERTS = alertRules(OPTIONS);
const RECORDINGS = recordingRules(OBJECTIVES);
const each = ALERTS.map(
  (alert) => [[alert.name, alert.severity, ...Object.values(alert.labels ?? {})].join(" "), alert] as const,
);
const namesWith = (options: Partial<RuleOptions>) => [
  ...new Set(alertRules({ ...OPTIONS, ...options }).map(({ name }) => name)),
];
const missingWith = (options: Partial<RuleOptions>) => {
  const names = namesWith(options);
  return namesWith({}).filter((name) => !names.includes(name));
};

const missing = whyNoPromtool();

(missing === undefined ? test : test.skip)("promtool has nothing against the rules", () => {
  const { "cqrs-recordings": recordings, "cqrs-alerts": alerts } = ruleGroups(OPTIONS);
  expect(checkRules([...recordings.groups, ...alerts.groups])).toBe("");
});

(hasDefinitions ? test : test.skip).each(Object.entries(ruleGroups(OPTIONS)))(
  "%s is a PrometheusRule",
  (name, spec) => {
    const metadata = { name, namespace: NAMESPACES.monitoring };
    expect(
      definitionProblems({ apiVersion: "monitoring.coreos.com/v1", kind: "PrometheusRule", metadata, spec }),
    ).toEqual([]);
  },
);

describe.each(each)("%s", (_, alert) => {
  const labels = labelsOf(alert.expr, RECORDINGS);

  test("asks for what there is", () => {
    expect(expressionProblems(alert.expr, RECORDINGS)).toEqual([]);
  });

  test("says of which environment and side it is", () => {
    expect([...labels.keys(), ...Object.keys(alert.labels ?? {})]).toEqual(
      expect.arrayContaining(["environment", "side"]),
    );
  });

  test("names labels that its series have", () => {
    const named = [...`${alert.summary} ${alert.description}`.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label);
    expect(named.filter((label = "") => !labels.has(label))).toEqual([]);
  });
});

test.each(RECORDINGS.map((recording) => [recording.record, recording] as const))(
  "%s asks for what there is, and has the labels that it says",
  (_, { expr, labels }) => {
    expect(expressionProblems(expr, RECORDINGS)).toEqual([]);
    expect([...labelsOf(expr, RECORDINGS).keys()].sort()).toEqual(["environment", "side", ...labels].sort());
  },
);

test("a rule has all that a receiver needs", () => {
  const rules = ruleGroups(OPTIONS)["cqrs-alerts"].groups.flatMap((group) => group.rules);
  expect(rules.find(({ alert }) => alert === "EventStoreWithoutLeader")).toMatchObject({
    alert: "EventStoreWithoutLeader",
    for: "1m",
    labels: { severity: "critical", outage: "event-store" },
    annotations: {
      summary: "No node of the event store leads",
      description: "Nothing is written: every command fails. Nodes answer, but do not find a majority of each other.",
      runbook_url: "https://wiki.example.com/runbooks/EventStoreWithoutLeader.md",
      dashboard_url:
        "/d/cqrs-event-store?viewPanel=1&var-environment={{ $labels.environment }}&var-side={{ $labels.side }}",
    },
  });
});

test("what follows from an outage says so", () => {
  const rules = ruleGroups(OPTIONS)["cqrs-alerts"].groups.flatMap((group) => group.rules);
  expect(rules.find(({ alert }) => alert === "ReadReplicaLagging")?.labels).toEqual({
    severity: "warning",
    follows_from: "read-database",
  });
});

test("each outage is an alert, and none explains itself", () => {
  const outages = ALERTS.flatMap(({ name, outage }) => (outage ? [`${outage}: ${name}`] : []));
  expect(outages).toEqual([
    "event-store: EventStoreDown",
    "event-store: EventStoreWithoutLeader",
    "read-database: ReadDatabaseDown",
    "cache: CacheDown",
    "write-monitoring: WriteSideSilent",
  ]);
  expect(OUTAGES.filter((outage) => !outages.some((line) => line.startsWith(`${outage}:`)))).toEqual([]);
  expect(ALERTS.filter(({ outage, followsFrom }) => outage && followsFrom)).toEqual([]);
});

/** Names in the rules of kube-prometheus-stack that ours come near. */
const OF_THE_CHART = [
  ...["AlertmanagerFailedToSendAlerts", "TargetDown", "Watchdog", "InfoInhibitor", "KubeHpaMaxedOut"],
  ...["KubePodCrashLooping", "KubePodNotReady", "KubeDeploymentReplicasMismatch", "KubeStatefulSetReplicasMismatch"],
  ...["KubeNodeNotReady", "KubeNodeUnreachable", "KubePersistentVolumeFillingUp", "KubeletDown"],
  ...["NodeFilesystemSpaceFillingUp", "NodeFilesystemAlmostOutOfSpace", "PrometheusRuleFailures"],
  ...["PrometheusRemoteWriteBehind", "PrometheusRemoteStorageFailures"],
];

test("names are those of files, and not the chart's", () => {
  expect(namesWith({}).filter((name) => !/^(?:[A-Z][a-z]+)+$/.test(name) || OF_THE_CHART.includes(name))).toEqual([]);
});

test.each<[what: string, options: Partial<RuleOptions>, without: readonly string[]]>([
  [
    "an event store that is not scraped",
    { eventStore: { scraped: false } },
    [
      "EventStoreWithoutLeader",
      "EventStoreNodeDown",
      "EventStoreNodeBehind",
      "EventStoreDiskFilling",
      "EventStoreMessagesParked",
      "EventStoreElectionsFlapping",
    ],
  ],
  [
    "backups that no job makes",
    { backup: { frequency: "hourly", exported: false } },
    ["BackupTooOld", "BackupUnknown", "BackupUntried", "RecoveryJobFailed"],
  ],
  ["no services", { services: false }, ["ServiceMetricsAbsent", "NginxDown"]],
  ["no write side", { sides: ["read"] }, ["WriteSideSilent", "WriteSideDelayed", "RemoteWriteRefused"]],
  ["no logs", { logs: false }, ["LogLinesDropped", "LogsNotShipped"]],
])("with %s, no alert waits for what will not come", (_, options, without) => {
  expect(missingWith(options)).toEqual(without);
});

test("of a side that does not come here, nothing is missing", () => {
  const alerts = alertRules({ ...OPTIONS, sides: ["read"], cloudWatch: false, eventStore: { scraped: false } });
  expect(alerts.filter(({ expr }) => /absent\(.*(?:side="write"|cloudwatch-exporter)/.test(expr))).toEqual([]);
});

test("an event store that is not scraped is known by what the services find", () => {
  const alerts = alertRules({ ...OPTIONS, eventStore: { scraped: false } });
  expect(alerts.filter(({ expr }) => expr.includes("kurrentdb_") || expr.includes('job="event-store"'))).toEqual([]);
  expect(alerts.find(({ name }) => name === "EventStoreDown")?.expr).toBe(
    'max by (environment, side) (cqrs_health_status{component="EventStore"}) == 0',
  );
});

test.each([
  ["hourly", 7200],
  ["daily", 93_600],
] as const)("a backup that is to be made %s is old after %d seconds", (frequency, seconds) => {
  const alerts = alertRules({ ...OPTIONS, backup: { frequency, exported: true } });
  expect(alerts.find(({ name }) => name === "BackupTooOld")?.expr).toBe(
    `time() - max by (environment, side, cronjob) (kube_cronjob_status_last_successful_time{namespace="recovery",cronjob="backup"}) > ${seconds}`,
  );
});

test("an objective that can't be missed fourteen times as much is over when nine of ten are", () => {
  const loose = { percent: 90, seconds: 10, fastPercent: 50 };
  const alerts = alertRules({ ...OPTIONS, objectives: { commands: loose } });
  const limits = alerts
    .filter(({ name }) => name.startsWith("Commands"))
    .map(({ name, labels, expr }) => [
      name,
      labels?.window,
      [...expr.matchAll(/ > ([\d.]+)/g)].map(([, it]) => Number(it)),
    ]);
  expect(limits).toEqual([
    ["CommandsFailing", "1h", [0.9, 0.9]],
    ["CommandsFailing", "6h", [0.6, 0.6]],
    ["CommandsFailing", "1d", [0.3, 0.3]],
    ["CommandsFailing", "3d", [0.1, 0.1]],
    ["CommandsSlow", "1h", [0.9, 0.9]],
    ["CommandsSlow", "6h", [0.9, 0.9]],
    ["CommandsSlow", "1d", [0.9, 0.9]],
    ["CommandsSlow", "3d", [0.5, 0.5]],
  ]);
});
