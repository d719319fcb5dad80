import { Token } from "cdktf";
import { type AlertingConfig, isAlertingConfig } from "../../lib/config/alerting";

const slack = { slack: { channel: "#orders-alerts", webhook: "production/slack-webhook" } };
const email = {
  to: ["orders@example.com"],
  from: "alerts@example.com",
  smarthost: "smtp.example.com:587",
  username: "alerts",
  password: "production/smtp",
};
const base: AlertingConfig = {
  receivers: { onCall: { pagerDuty: { routingKey: "production/pagerduty" } }, team: slack },
  critical: ["onCall", "team"],
  warning: ["team"],
};

const linesOf = (alerting: unknown): string[] =>
  isAlertingConfig.problemsOf(alerting, "alerting").map(({ path, message }) => `${path}: ${message}`);
/** A configuration with one receiver, `team`. */
const withReceiver = (team: unknown) => ({ receivers: { team }, critical: ["team"], warning: ["team"] });
const withEmail = (change: object) => withReceiver({ email: { ...email, ...change } });
const withWebhook = (url: unknown, more = {}) => withReceiver({ webhook: { url, ...more } });

const SECRET = "must be the name of a secret, at most 505 letters, digits and /_+=.@-";
const URL_ = "must be an https URL without a user such as 'https://alerts.example.com/hook'";
const KINDS = "'slack', 'pagerDuty', 'email' or 'webhook'";
const NAMES = "must be a list of 1 to 20, each the name of a receiver";
const NAME = "must be named by at most 40 letters, digits and '-', a letter first";
const CHANNEL = "must be a channel such as '#alerts', or a user such as '@name'";
const ADDRESS = "must be an e-mail address such as 'orders@example.com'";
const SMARTHOST = "must be a host and a port such as 'smtp.example.com:587'";
const REPEAT = "must be a whole number from 1 to 120";
const EVERY = "must be a whole number from 1 to 60";
const many = (count: number) => Array.from({ length: count }, (_, index) => `team${index}`);
const receivers = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, slack]));

test.each<[what: string, alerting: object]>([
  ["two receivers", base],
  ["a receiver by e-mail", withEmail({})],
  ["a server that speaks TLS from the start", withEmail({ smarthost: "SMTP.example.com:465" })],
  ["a webhook without a token", withWebhook("https://alerts.example.com")],
  ["a webhook with a port, a path and a query", withWebhook("https://alerts.example.com:8443/a/b?c=d", { token: "t" })],
  ["a person of Slack", withReceiver({ slack: { channel: "@jane.doe", webhook: "w" } })],
  ["a dead man's switch", { ...base, deadMansSwitch: { url: "https://watch.example.com/x" } }],
  ["the slowest", { ...base, deadMansSwitch: { url: "https://a.example.com/", token: "t", everyMinutes: 60 } }],
  ["repetitions", { ...base, repeatHours: { critical: 1, warning: 120 } }],
  ["20 receivers", { receivers: receivers(many(20)), critical: many(20), warning: ["team0"] }],
  ["an address that Terraform computes", withEmail({ to: [Token.asString({ Ref: "address" })] })],
])("%s is sound", (_, alerting) => {
  expect(linesOf(alerting)).toEqual([]);
});

test.each<[alerting: object, line: string]>([
  [
    withWebhook(Token.asString({ Ref: "url" })),
    "receivers.team.webhook.url: must be an https URL without a user such as 'https://alerts.example.com/hook', known at synth, got a token",
  ],
  [withReceiver({}), `receivers.team: must have exactly one of ${KINDS}, got none`],
  [
    withReceiver({ ...slack, webhook: { url: "https://a.example.com" } }),
    `receivers.team: must have exactly one of ${KINDS}, got 'slack' and 'webhook'`,
  ],
  [withReceiver("#orders"), `receivers.team: must be an object with exactly one of ${KINDS}, got '#orders'`],
  [
    withReceiver({ pagerduty: { routingKey: "k" } }),
    "receivers.team.pagerduty: is not a key here, did you mean 'pagerDuty'?",
  ],
  [
    withReceiver({ teams: { url: "https://a.example.com" } }),
    "receivers.team.teams: is not a key here, allowed are 'slack', 'pagerDuty', 'email' and 'webhook'",
  ],
  [
    withReceiver({ slack: { channel: "orders", webhook: "w" } }),
    `receivers.team.slack.channel: ${CHANNEL}, got 'orders'`,
  ],
  [
    withReceiver({ slack: { channel: "#{{ .X }}", webhook: "w" } }),
    `receivers.team.slack.channel: ${CHANNEL}, got '#{{ .X }}'`,
  ],
  [
    withReceiver({ slack: { channel: "#orders", webhook: "https://hooks.slack.com/services/T0/B0/x" } }),
    `receivers.team.slack.webhook: ${SECRET}, got 'https://hooks.slack.com/services/T0/B0/x'`,
  ],
  [
    withReceiver({ slack: { channel: "#orders" } }),
    "receivers.team.slack.webhook: is missing, must be the name of a secret, at most 505 letters, digits and /_+=.@-",
  ],
  [withReceiver({ pagerDuty: { routingKey: "" } }), `receivers.team.pagerDuty.routingKey: ${SECRET}, got ''`],
  [
    withWebhook("http://alerts.example.com/hook"),
    `receivers.team.webhook.url: ${URL_}, got 'http://alerts.example.com/hook'`,
  ],
  [
    withWebhook("https://me:secret@alerts.example.com"),
    `receivers.team.webhook.url: ${URL_}, got 'https://me:secret@alerts.example.com'`,
  ],
  [
    withWebhook("https://a.example.com/{{ .X }}"),
    `receivers.team.webhook.url: ${URL_}, got 'https://a.example.com/{{ .X }}'`,
  ],
  [
    withWebhook("https://a.example.com:99999"),
    `receivers.team.webhook.url: ${URL_}, got 'https://a.example.com:99999'`,
  ],
  [withWebhook(undefined), `receivers.team.webhook.url: is missing, ${URL_}`],
  [
    withWebhook("https://a.example.com", { token: "Bearer abc" }),
    `receivers.team.webhook.token: ${SECRET}, got 'Bearer abc'`,
  ],
  [
    withEmail({ to: [] }),
    `receivers.team.email.to: must be a list of 1 to 20, each ${ADDRESS.slice(8)}, got an empty list`,
  ],
  [withEmail({ to: ["a@b.de", "a@b.de"] }), "receivers.team.email.to[1]: must be given once, got 'a@b.de' twice"],
  [withEmail({ to: ["a@b.de, c@d.de"] }), `receivers.team.email.to[0]: ${ADDRESS}, got 'a@b.de, c@d.de'`],
  [withEmail({ from: "alerts" }), `receivers.team.email.from: ${ADDRESS}, got 'alerts'`],
  [
    withEmail({ smarthost: "smtp.example.com" }),
    `receivers.team.email.smarthost: ${SMARTHOST}, got 'smtp.example.com'`,
  ],
  [
    withEmail({ smarthost: "s.example.com:70000" }),
    `receivers.team.email.smarthost: ${SMARTHOST}, got 's.example.com:70000'`,
  ],
  [
    withEmail({ username: "" }),
    "receivers.team.email.username: must be a user's name of at most 254 characters, got ''",
  ],
  [withEmail({ password: "pass word" }), `receivers.team.email.password: ${SECRET}, got 'pass word'`],
  [
    { ...base, critical: ["onCall", "tem"], warning: ["team"] },
    "critical[1]: must be the name of a receiver, got 'tem', did you mean 'team'?",
  ],
  [
    { ...base, warning: ["oncall"] },
    "warning[0]: must be the name of a receiver, got 'oncall', did you mean 'onCall'?",
  ],
  [
    { ...base, critical: ["constructor"] },
    "critical[0]: must be the name of a receiver, got 'constructor', did you mean 'onCall'?",
  ],
  [{ ...base, critical: [] }, `critical: ${NAMES}, got an empty list`],
  [{ ...base, warning: "team" }, `warning: ${NAMES}, got 'team'`],
  [{ ...base, warning: undefined }, `warning: is missing, ${NAMES}`],
  [{ ...base, warning: ["team", "team"] }, "warning[1]: must be given once, got 'team' twice"],
  [{ ...base, receivers: {} }, "receivers: must be 1 to 20 receivers, got 0"],
  [
    { receivers: receivers(many(21)), critical: many(20), warning: ["team20"] },
    "receivers: must be 1 to 20 receivers, got 21",
  ],
  [
    { ...base, receivers: [slack] },
    "receivers: must be an object, each value an object with exactly one of 'slack', 'pagerDuty', 'email' or 'webhook', got a list of 1",
  ],
  [{ receivers: { "1st": slack }, critical: ["1st"], warning: ["1st"] }, `receivers.1st: ${NAME}, got '1st'`],
  [{ receivers: { "a/b": slack }, critical: ["a/b"], warning: ["a/b"] }, `receivers.a/b: ${NAME}, got 'a/b'`],
  [
    { receivers: { nobody: slack }, critical: ["nobody"], warning: ["nobody"] },
    "receivers.nobody: must be another name, as one of ours is 'nobody'",
  ],
  [
    { ...base, deadMansSwitch: "https://a.example.com" },
    "deadMansSwitch: must be an object with 'url', got 'https://a.example.com'",
  ],
  [
    { ...base, deadMansSwitch: { url: "http://a.example.com" } },
    `deadMansSwitch.url: ${URL_}, got 'http://a.example.com'`,
  ],
  [
    { ...base, deadMansSwitch: { url: "https://a.example.com", everyMinutes: 0 } },
    `deadMansSwitch.everyMinutes: ${EVERY}, got 0`,
  ],
  [
    { ...base, deadMansSwitch: { url: "https://a.example.com", everyMinutes: 61 } },
    `deadMansSwitch.everyMinutes: ${EVERY}, got 61`,
  ],
  [{ ...base, repeatHours: { critical: 0 } }, `repeatHours.critical: ${REPEAT}, got 0`],
  [{ ...base, repeatHours: { warning: 121 } }, `repeatHours.warning: ${REPEAT}, got 121`],
  [{ ...base, repeatHours: { info: 1 } }, "repeatHours.info: is not a key here, allowed are 'critical' and 'warning'"],
])("%j is refused", (alerting, line) => {
  expect(linesOf(alerting)).toContain(`alerting.${line}`);
  expect(linesOf(alerting).filter((it) => !it.includes("never hear"))).toHaveLength(1);
});

test("a receiver that nobody names is refused, each by itself", () => {
  expect(linesOf({ ...base, critical: ["team"] })).toEqual([
    "alerting.receivers.onCall: must be named by 'critical' or 'warning', or it would never hear of anything",
  ]);
});

test("everything that is wrong is said at once", () => {
  expect(
    linesOf({
      receivers: { team: { slack: { channel: "x", webhook: "w" }, webhook: { url: "ftp://a" } } },
      critical: [],
      warning: ["team"],
      deadMansSwitch: {},
    }),
  ).toEqual([
    `alerting.receivers.team.slack.channel: ${CHANNEL}, got 'x'`,
    `alerting.receivers.team.webhook.url: ${URL_}, got 'ftp://a'`,
    `alerting.receivers.team: must have exactly one of ${KINDS}, got 'slack' and 'webhook'`,
    `alerting.critical: ${NAMES}, got an empty list`,
    `alerting.deadMansSwitch.url: is missing, ${URL_}`,
  ]);
});

test("no alerting at all is not what it is", () => {
  expect(linesOf(undefined)).toEqual([
    "alerting: is missing, must be an object with 'receivers', 'critical' and 'warning'",
  ]);
});
