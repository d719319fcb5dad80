import type { AlertingConfig, Receiver } from "../../lib/config/alerting";
import { alertmanagerConfig } from "../../lib/monitoring/alertmanager";
import { OUTAGES } from "../../lib/monitoring/rules/alert";
import {
  checkConfig,
  type FiredAlert,
  type Labels,
  ListeningReceiver,
  RunningAlertmanager,
  receiversOfAlert,
  whyNoAlertmanager,
} from "../support/monitoring/alertmanager";

const KINDS: Readonly<Record<string, Receiver>> = {
  onCall: { pagerDuty: { routingKey: "production/pagerduty" } },
  team: { slack: { channel: "#orders-alerts", webhook: "production/slack-webhook" } },
  mail: {
    email: {
      to: ["orders@example.com", "platform@example.com"],
      from: "alerts@example.com",
      smarthost: "smtp.example.com:587",
      username: "alerts",
      password: "production/smtp",
    },
  },
  hook: { webhook: { url: "https://alerts.example.com/hook", token: "production/hook" } },
};
const ALL: AlertingConfig = {
  receivers: KINDS,
  critical: ["onCall", "team"],
  warning: ["team", "mail", "hook"],
  deadMansSwitch: { url: "https://watch.example.com/beat", token: "production/watch" },
};

const missing = whyNoAlertmanager();
if (missing !== undefined) process.stderr.write(`Alertmanager is not tried: ${missing}\n`);
const whereInstalled = missing === undefined ? describe : describe.skip;

whereInstalled("amtool, with what Alertmanager gets", () => {
  test.each<[what: string, alerting: AlertingConfig | undefined]>([
    ["nobody", undefined],
    ...Object.entries(KINDS).map(
      ([name, receiver]) =>
        [Object.keys(receiver).join(), { receivers: { [name]: receiver }, critical: [name], warning: [name] }] as [
          string,
          AlertingConfig,
        ],
    ),
    ["all kinds and a dead man's switch", ALL],
  ])("finds it sound with %s, though no secret is there", (_, alerting) => {
    expect(checkConfig(alertmanagerConfig(alerting, "https://grafana.example.com"))).toBe("");
  });

  test("finds a receiver that is missing", () => {
    const config = { ...alertmanagerConfig(ALL), receivers: [{ name: "nobody" }] };
    expect(checkConfig(config)).toContain('undefined receiver "dead-mans-switch" used in route');
  });

  test.each<[labels: Labels, receivers: readonly string[]]>([
    [{ alertname: "EventStoreDown", severity: "critical", environment: "production" }, ["onCall", "team"]],
    [{ alertname: "ProjectionLagging", severity: "warning", side: "read" }, ["team", "mail", "hook"]],
    [{ alertname: "TargetDown", severity: "warning", namespace: "monitoring" }, ["team", "mail", "hook"]],
    [{ alertname: "Theirs", severity: "page" }, ["team", "mail", "hook"]],
    [{ alertname: "Theirs" }, ["team", "mail", "hook"]],
    [{ alertname: "CPUThrottlingHigh", severity: "info" }, ["nobody"]],
    [{ alertname: "InfoInhibitor", severity: "none" }, ["nobody"]],
    [{ alertname: "Watchdog", severity: "none" }, ["dead-mans-switch"]],
  ])("leads %j to %j", (labels, receivers) => {
    expect(receiversOfAlert(alertmanagerConfig(ALL), labels)).toEqual(receivers);
  });

  test.each(["critical", "warning", "info", "none"])("leads %s to nobody where nobody is configured", (severity) => {
    expect(receiversOfAlert(alertmanagerConfig(undefined), { alertname: "Any", severity })).toEqual(["nobody"]);
  });

  test("leads Watchdog to nobody without a dead man's switch", () => {
    const { deadMansSwitch: _, ...alerting } = ALL;
    expect(receiversOfAlert(alertmanagerConfig(alerting), { alertname: "Watchdog", severity: "none" })).toEqual([
      "nobody",
    ]);
  });
});

/** What waits for minutes in production waits for seconds here, the dead man's switch a thirtieth; all else is as it is. */
const HASTENED: Readonly<Record<string, string>> = { "30s": "1s", "60s": "2s", "2m": "1s", "5m": "1s", "15m": "1s" };
const hastened = (config: object): object =>
  JSON.parse(JSON.stringify(config, (_, value: unknown) => (typeof value === "string" && HASTENED[value]) || value));

whereInstalled("Alertmanager, with its configuration", () => {
  let receiver: ListeningReceiver;
  let alertmanager: RunningAlertmanager;

  beforeAll(async () => {
    receiver = await ListeningReceiver.start();
    const config = alertmanagerConfig(
      {
        receivers: {
          ...KINDS,
          // Our own rules would have https.
          hook: { webhook: { url: `${receiver.url}/hook`, token: "production/hook" } },
        },
        critical: ["onCall", "team", "hook"],
        warning: ["hook"],
        deadMansSwitch: { url: `${receiver.url}/beat`, everyMinutes: 1 },
      },
      "https://grafana.example.com",
    );
    alertmanager = await RunningAlertmanager.start(
      (folder) => ({
        ...hastened(JSON.parse(JSON.stringify(config).replaceAll(/"\/etc\/[^"]*\//g, `"${folder}/`)) as object),
        global: { pagerduty_url: `${receiver.url}/v2/enqueue` },
      }),
      { onCall: "the-routing-key\n", team: `${receiver.url}/slack\n`, hook: "the-token\n" },
    );
  }, 60_000);
  afterAll(async () => {
    await alertmanager?.stop();
    await receiver?.stop();
  });

  const DISK: FiredAlert = {
    labels: { alertname: "EventStoreDiskFilling", severity: "critical", environment: "test", side: "write" },
    annotations: {
      summary: "The disk is 92% full",
      description: "A node whose disk is full <stops>.",
      runbook_url: "https://wiki.example.com/EventStoreDiskFilling.md",
      dashboard_url: "/d/cqrs-event-store?viewPanel=7&var-environment=test",
    },
  };
  const TEXT = [
    "The disk is 92% full",
    "A node whose disk is full <stops>.",
    "Runbook: https://wiki.example.com/EventStoreDiskFilling.md",
    "Dashboard: https://grafana.example.com/d/cqrs-event-store?viewPanel=7&var-environment=test",
  ].join("\n");

  test("tells each receiver of a severity what is wrong, with the secret that is its own", async () => {
    await alertmanager.fire([DISK]);
    const [slack] = await receiver.waitFor("/slack");
    const [page] = await receiver.waitFor("/v2/enqueue");
    const [hook] = await receiver.waitFor("/hook");
    expect(slack?.body).toMatchObject({
      channel: "#orders-alerts",
      attachments: [{ title: "EventStoreDiskFilling (critical) in test, write side", text: TEXT }],
    });
    expect(page?.body).toMatchObject({
      routing_key: "the-routing-key",
      event_action: "trigger",
      payload: {
        summary: "EventStoreDiskFilling: The disk is 92% full",
        severity: "critical",
        class: "EventStoreDiskFilling",
        group: "test",
        component: "write",
        custom_details: { text: TEXT },
      },
    });
    expect(hook).toMatchObject({ authorization: "Bearer the-token", body: { status: "firing" } });
  }, 30_000);

  test("tells of a rule that is not ours what it has, and the whole of its link", async () => {
    const before = receiver.messages.filter(({ path }) => path === "/slack").length;
    const annotations = { dashboard_url: "https://elsewhere.example.com/d/1" };
    await alertmanager.fire([{ labels: { alertname: "Theirs", severity: "critical" }, annotations }]);
    const messages = await receiver.waitFor("/slack", before + 1);
    expect(messages.at(-1)?.body).toMatchObject({
      attachments: [{ title: "Theirs (critical)", text: "Theirs\nDashboard: https://elsewhere.example.com/d/1" }],
    });
  }, 30_000);

  test("tells the dead man's switch at each interval", async () => {
    await alertmanager.fire([{ labels: { alertname: "Watchdog", severity: "none" } }]);
    const beats = await receiver.waitFor("/beat", 3);
    expect(beats[0]?.body).toMatchObject({ status: "firing", commonLabels: { alertname: "Watchdog" } });
    // Every second interval would be 4 seconds.
    const pauses = beats.slice(1).map(({ at }, index) => at - (beats[index]?.at ?? 0));
    expect(Math.max(...pauses)).toBeLessThan(3500);
  }, 30_000);

  test("tells of several alerts of one cause in one message", async () => {
    const disk = (instance: string): FiredAlert => ({
      labels: { alertname: "NodeDiskFilling", severity: "critical", environment: "test", side: "read", instance },
      annotations: { summary: `${instance} is full` },
    });
    const before = receiver.messages.filter(({ path }) => path === "/slack").length;
    await alertmanager.fire([disk("n1"), disk("n2")]);
    const messages = await receiver.waitFor("/slack", before + 1);
    expect(messages.at(-1)?.body).toMatchObject({
      attachments: [{ fallback: "NodeDiskFilling: 2 alerts", text: "n1 is full\n\nn2 is full" }],
    });
  }, 30_000);

  const origin = { environment: "production", side: "write" };
  const warned = (name: string, labels: Labels = {}): FiredAlert => ({
    labels: { alertname: name, severity: "warning", ...origin, ...labels },
  });

  test.each<[what: string, alerts: readonly FiredAlert[], inhibited: readonly string[]]>([
    ...OUTAGES.map(
      (outage) =>
        [
          `the outage ${outage} what follows from it in its environment, and nothing else`,
          [
            { labels: { alertname: `Outage ${outage}`, severity: "critical", ...origin, outage } },
            warned(`Follows ${outage}`, { follows_from: outage, side: "read" }),
            warned(`Elsewhere ${outage}`, { follows_from: outage, environment: "staging" }),
            warned(`Another ${outage}`, { follows_from: `not-${outage}` }),
          ],
          [`Follows ${outage}`],
        ] as [string, FiredAlert[], string[]],
    ),
    [
      "what is critical the warning of the same, and not that of another node",
      [
        warned("OneDisk", { instance: "a" }),
        { labels: { alertname: "OneDisk", severity: "critical", ...origin, instance: "a" } },
        warned("OtherDisk", { instance: "b" }),
        { labels: { alertname: "OtherDisk", severity: "critical", ...origin, instance: "a" } },
      ],
      ["OneDisk"],
    ],
    [
      "a node that is not ready what the chart says of it",
      [
        warned("NodeNotReady", { node: "n1" }),
        warned("KubeNodeUnreachable", { node: "n1", instance: "x" }),
        warned("KubeNodeNotReady", { node: "n2", instance: "x" }),
      ],
      ["KubeNodeUnreachable"],
    ],
  ])("holds back: %s", async (_, alerts, inhibited) => {
    await alertmanager.fire(alerts);
    const names = alerts.map(({ labels }) => labels.alertname);
    const held = (await alertmanager.inhibited()).filter((name) => names.includes(name));
    expect(held).toEqual(inhibited);
  });
});
