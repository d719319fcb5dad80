import type { AlertingConfig, EmailReceiver } from "../../lib/config/alerting";
import { alertmanagerValues, IDENTITY, receiverSecrets } from "../../lib/monitoring/alertmanager";
import { OUTAGES } from "../../lib/monitoring/rules/alert";
import type { RuleOptions } from "../../lib/monitoring/rules/options";
import { alertRules } from "../../lib/monitoring/rules/rules";
import { ownValues, strangersIn } from "../support/cluster/chart-values";
import { definitionProblems, hasDefinitions } from "../support/cluster/custom-resources";
import { SUBCHARTS } from "../support/cluster/free-paths";
import { secretValuesIn } from "../support/synthesis/secrets";

const EMAIL: EmailReceiver = {
  to: ["orders@example.com", "platform@example.com"],
  from: "alerts@example.com",
  smarthost: "smtp.example.com:587",
  username: "alerts",
  password: "production/smtp",
};
const ALERTING: AlertingConfig = {
  receivers: {
    onCall: { pagerDuty: { routingKey: "production/pagerduty" } },
    team: { slack: { channel: "#orders-alerts", webhook: "production/slack-webhook" } },
    mail: { email: EMAIL },
    hook: { webhook: { url: "https://alerts.example.com/hook", token: "production/hook" } },
    open: { webhook: { url: "https://alerts.example.com/open" } },
  },
  critical: ["onCall", "team"],
  warning: ["mail", "hook", "open"],
  repeatHours: { critical: 1 },
  deadMansSwitch: { url: "https://watch.example.com/beat", token: "production/watch", everyMinutes: 5 },
};
const FOLDER = "/etc/alertmanager/secrets/alertmanager-receivers";

interface Values {
  readonly alertmanagerSpec: { readonly secrets?: readonly string[] };
  readonly config: {
    readonly route: { readonly receiver: string; readonly routes: readonly Readonly<Record<string, unknown>>[] };
    readonly receivers: readonly ({ readonly name: string } & Readonly<Record<string, unknown>>)[];
    readonly inhibit_rules: readonly object[];
  };
}
const valuesOf = (alerting?: AlertingConfig) =>
  alertmanagerValues({ storageClassName: "encrypted", alerting }) as Values;
const receiver = (name: string) => valuesOf(ALERTING).config.receivers.find((it) => it.name === name);

const own = ownValues("kube-prometheus-stack", SUBCHARTS.kubePrometheusStack);

(own ? test : test.skip)("has no value that kube-prometheus-stack does not know", () => {
  const free = {
    "alertmanager.alertmanagerSpec.storage": "the operator's words",
    "alertmanager.alertmanagerSpec.resources": "Kubernetes' words",
    "alertmanager.podDisruptionBudget.maxUnavailable": "commented out in the chart",
  };
  for (const alerting of [undefined, ALERTING]) {
    const strangers = strangersIn({ alertmanager: valuesOf(alerting) }, own ?? {}, free);
    // Alertmanager's own configuration, which amtool reads.
    expect(
      strangers.filter((it) => !/^alertmanager\.config\.|is free for nobody$|: is free in the chart$/.test(it)),
    ).toEqual([]);
  }
});

test("is two in two zones, each with a volume of the given class", () => {
  expect(valuesOf()).toMatchObject({
    alertmanagerSpec: {
      replicas: 2,
      podAntiAffinity: "soft",
      podAntiAffinityTopologyKey: "topology.kubernetes.io/zone",
      storage: {
        volumeClaimTemplate: {
          spec: {
            storageClassName: "encrypted",
            accessModes: ["ReadWriteOnce"],
            resources: { requests: { storage: "2Gi" } },
          },
        },
      },
      resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "256Mi" } },
    },
    podDisruptionBudget: { enabled: true },
  });
});

test("tells nobody unless somebody is named, and mounts nothing then", () => {
  const { config, alertmanagerSpec } = valuesOf();
  expect(config.receivers).toEqual([{ name: "nobody" }]);
  expect(new Set([config.route.receiver, ...config.route.routes.map((route) => route.receiver)])).toEqual(
    new Set(["nobody"]),
  );
  expect(alertmanagerSpec).not.toHaveProperty("secrets");
  expect(receiverSecrets(undefined)).toEqual([]);
});

test("mounts one secret, with a file for each receiver that has one", () => {
  expect(valuesOf(ALERTING).alertmanagerSpec.secrets).toEqual(["alertmanager-receivers"]);
  expect(receiverSecrets(ALERTING)).toEqual([
    {
      apiVersion: "external-secrets.io/v1",
      kind: "ExternalSecret",
      metadata: { name: "alertmanager-receivers", namespace: "monitoring" },
      spec: expect.objectContaining({
        secretStoreRef: { kind: "ClusterSecretStore", name: "monitoring" },
        target: expect.objectContaining({ name: "alertmanager-receivers" }),
        data: [
          { secretKey: "onCall", remoteRef: { key: "production/pagerduty" } },
          { secretKey: "team", remoteRef: { key: "production/slack-webhook" } },
          { secretKey: "mail", remoteRef: { key: "production/smtp" } },
          { secretKey: "hook", remoteRef: { key: "production/hook" } },
          { secretKey: "dead-mans-switch", remoteRef: { key: "production/watch" } },
        ],
      }),
    },
  ]);
});

(hasDefinitions ? test : test.skip)("makes an external secret as its definition wants it", () => {
  expect(receiverSecrets(ALERTING).flatMap((manifest) => definitionProblems(manifest))).toEqual([]);
});

test("reads no secret where no receiver has one", () => {
  const alerting: AlertingConfig = {
    receivers: { open: { webhook: { url: "https://alerts.example.com" } } },
    critical: ["open"],
    warning: ["open"],
  };
  expect(valuesOf(alerting).alertmanagerSpec).not.toHaveProperty("secrets");
  expect(receiverSecrets(alerting)).toEqual([]);
});

test.each<[name: string, kind: string, having: object]>([
  ["onCall", "pagerduty_configs", { routing_key_file: `${FOLDER}/onCall` }],
  ["team", "slack_configs", { api_url_file: `${FOLDER}/team`, channel: "#orders-alerts" }],
  [
    "mail",
    "email_configs",
    {
      to: "orders@example.com, platform@example.com",
      smarthost: "smtp.example.com:587",
      auth_username: "alerts",
      auth_password_file: `${FOLDER}/mail`,
      require_tls: true,
    },
  ],
  [
    "hook",
    "webhook_configs",
    {
      url: "https://alerts.example.com/hook",
      http_config: { authorization: { type: "Bearer", credentials_file: `${FOLDER}/hook` } },
    },
  ],
  [
    "dead-mans-switch",
    "webhook_configs",
    { send_resolved: false, http_config: { authorization: { credentials_file: `${FOLDER}/dead-mans-switch` } } },
  ],
])("%s is one of %s, and its secret is a file", (name, kind, having) => {
  expect(receiver(name)).toMatchObject({ [kind]: [having] });
});

test.each(["onCall", "team", "mail", "hook", "open"])("%s hears when it is over", (name) => {
  const [, [config]] = Object.entries(receiver(name) ?? {}).find(([key]) => key !== "name") as [string, [object]];
  expect(config).toMatchObject({ send_resolved: true });
});

test("a webhook without a token sends no authorization", () => {
  expect(receiver("open")).toEqual({
    name: "open",
    webhook_configs: [{ url: "https://alerts.example.com/open", send_resolved: true }],
  });
});

test("does not ask a server for STARTTLS that speaks TLS from the start", () => {
  const email = { ...EMAIL, smarthost: "smtp.example.com:465" };
  const alerting = { ...ALERTING, receivers: { mail: { email } } };
  expect(valuesOf(alerting).config.receivers[1]).toMatchObject({ email_configs: [{ require_tls: false }] });
});

test("repeats as often as it is told, and otherwise every 4 and every 24 hours", () => {
  const repeated = (alerting: AlertingConfig, name: string) =>
    valuesOf(alerting).config.route.routes.find((route) => route.receiver === name)?.repeat_interval;
  expect(repeated(ALERTING, "onCall")).toBe("1h");
  expect(repeated(ALERTING, "mail")).toBe("24h");
  expect(repeated({ ...ALERTING, repeatHours: undefined }, "onCall")).toBe("4h");
});

test("tells the dead man's switch as often as it is told to", () => {
  expect(valuesOf(ALERTING).config.route.routes[0]).toEqual({
    receiver: "dead-mans-switch",
    matchers: ['alertname="Watchdog"'],
    group_wait: "0s",
    group_interval: "300s",
    repeat_interval: "150s",
  });
});

test("has a rule of silence for each outage", () => {
  for (const outage of OUTAGES) {
    expect(valuesOf().config.inhibit_rules).toContainEqual({
      source_matchers: [`outage="${outage}"`],
      target_matchers: [`follows_from="${outage}"`],
      equal: ["environment"],
    });
  }
});

test("holds no secret", () => {
  expect(secretValuesIn(valuesOf(ALERTING))).toEqual([]);
});

/** Everything that any environment may have. */
const RULES: RuleOptions = {
  environment: "production",
  objectives: {
    commandTypes: { PlaceOrder: { percent: 99, seconds: 1, fastPercent: 95 } },
    queryTypes: { GetOrder: { percent: 99, seconds: 1, fastPercent: 95 } },
  },
  services: true,
  eventStore: { scraped: true },
  backup: { frequency: "hourly", exported: true },
  logs: true,
  runbooks: "docs/runbooks",
};

describe("the rules and what silences them", () => {
  const alerts = alertRules(RULES);

  test("an alert's warning is silenced by the critical one of the same thing alone", () => {
    const bySeverity = (severity: string) => alerts.filter((alert) => alert.severity === severity);
    const both = bySeverity("critical").filter(({ name }) => bySeverity("warning").some((it) => it.name === name));
    // The type is told by the label `objective`, too.
    const known = new Set<string>([...IDENTITY, "command_type", "query_type"]);
    const unknown = both.flatMap(({ name, expr }) =>
      [...expr.matchAll(/\bby \(([^)]*)\)/g)]
        .flatMap(([, labels = ""]) => labels.split(/,\s*/))
        .filter((label) => label !== "" && !known.has(label))
        .map((label) => `${name}: ${label}`),
    );
    expect(both.length).toBeGreaterThan(0);
    expect([...new Set(unknown)]).toEqual([]);
  });

  test("what is silenced by an outage is no outage of the same", () => {
    expect(alerts.filter(({ outage, followsFrom }) => outage !== undefined && outage === followsFrom)).toEqual([]);
  });

  test("each outage has an alert that means it, and alerts that follow from it", () => {
    for (const outage of OUTAGES) {
      expect(alerts.filter((alert) => alert.outage === outage)).not.toEqual([]);
      expect(alerts.filter((alert) => alert.followsFrom === outage)).not.toEqual([]);
    }
  });
});
