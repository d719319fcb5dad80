import {
  type AlertingConfig,
  type EmailReceiver,
  OWN_RECEIVERS,
  type Receiver,
  type WebhookReceiver,
} from "../config/alerting";

const HTTPS = 443;
/** The port of an https URL. */
export const urlPort = (url: string): number => Number(new URL(url).port || HTTPS);

/** The secret with what receivers ask for, a key each. */
export const RECEIVERS_SECRET = "alertmanager-receivers";
/** Where the operator mounts the secrets that it is told of; changed ones are read without a restart. */
const fileOf = (receiver: string) => `/etc/alertmanager/secrets/${RECEIVERS_SECRET}/${receiver}`;

const { nobody: NOBODY, deadMansSwitch: DEAD_MANS_SWITCH } = OWN_RECEIVERS;

const TITLE = [
  "{{ if eq .Status `resolved` }}Over: {{ end }}{{ .CommonLabels.alertname }}",
  "{{ with .CommonLabels.severity }} ({{ . }}){{ end }}",
  "{{ with .CommonLabels.environment }} in {{ . }}{{ end }}{{ with .CommonLabels.side }}, {{ . }} side{{ end }}",
].join("");

const SUMMARY = [
  "{{ .CommonLabels.alertname }}: {{ with .CommonAnnotations.summary }}{{ . }}",
  "{{ else }}{{ len .Alerts.Firing }} alerts{{ end }}",
].join("");

/** Rules of others have other annotations, or links that are whole. */
const textOf = (grafanaUrl: string) =>
  [
    "{{ range $index, $alert := .Alerts }}{{ if $index }}\n\n{{ end }}{{ if eq .Status `resolved` }}Over: {{ end }}",
    "{{ with .Annotations.summary }}{{ . }}{{ else }}{{ .Labels.alertname }}{{ end }}",
    "{{ with .Annotations.description }}\n{{ . }}{{ end }}",
    "{{ with .Annotations.runbook_url }}\nRunbook: {{ . }}{{ end }}",
    `{{ with .Annotations.dashboard_url }}\nDashboard: {{ if match \`^/\` . }}${grafanaUrl}{{ end }}{{ . }}{{ end }}`,
    "{{ end }}",
  ].join("");

/** Ports at which the receivers' servers listen. */
export const receiverPorts = (alerting: AlertingConfig | undefined): readonly number[] => [
  ...new Set([
    ...Object.values(alerting?.receivers ?? {}).map(portOf),
    ...(alerting?.deadMansSwitch === undefined ? [] : [urlPort(alerting.deadMansSwitch.url)]),
  ]),
];

function portOf(receiver: Receiver): number {
  if ("email" in receiver) return Number(receiver.email.smarthost.split(":").at(-1));
  return "webhook" in receiver ? urlPort(receiver.webhook.url) : HTTPS;
}

/** Alertmanager's receivers: those that are configured, and ours. */
export const receiversOf = (alerting: AlertingConfig | undefined, grafanaUrl: string): readonly object[] => [
  { name: NOBODY },
  ...Object.entries(alerting?.receivers ?? {}).map(([name, receiver]) => ({
    name,
    ...configOf(name, receiver, textOf(grafanaUrl)),
  })),
  ...(alerting?.deadMansSwitch === undefined
    ? []
    : [{ name: DEAD_MANS_SWITCH, webhook_configs: [webhookConfig(DEAD_MANS_SWITCH, alerting.deadMansSwitch)] }]),
];

function configOf(name: string, receiver: Receiver, text: string): object {
  if ("slack" in receiver) return { slack_configs: [slackConfig(name, receiver.slack.channel, text)] };
  if ("pagerDuty" in receiver) return { pagerduty_configs: [pagerDutyConfig(name, text)] };
  if ("email" in receiver) return { email_configs: [emailConfig(name, receiver.email, text)] };
  return { webhook_configs: [{ ...webhookConfig(name, receiver.webhook), send_resolved: true }] };
}

const slackConfig = (name: string, channel: string, text: string) => ({
  api_url_file: fileOf(name),
  channel,
  send_resolved: true,
  title: TITLE,
  fallback: SUMMARY,
  text,
});

const pagerDutyConfig = (name: string, text: string) => ({
  routing_key_file: fileOf(name),
  send_resolved: true,
  description: SUMMARY,
  // PagerDuty refuses words of others.
  severity: "{{ if eq .CommonLabels.severity `critical` }}critical{{ else }}warning{{ end }}",
  class: "{{ .CommonLabels.alertname }}",
  group: "{{ .CommonLabels.environment }}",
  component: "{{ .CommonLabels.side }}",
  details: { text },
});

const emailConfig = (name: string, { to, from, smarthost, username }: EmailReceiver, text: string) => ({
  to: to.join(", "),
  from,
  smarthost,
  auth_username: username,
  auth_password_file: fileOf(name),
  // Of a server that speaks TLS from the start, Alertmanager would ask for STARTTLS in vain.
  require_tls: !smarthost.endsWith(":465"),
  send_resolved: true,
  headers: { Subject: TITLE },
  text,
  html: `<div style="white-space: pre-line">${text}</div>`,
});

const webhookConfig = (name: string, { url, token }: WebhookReceiver) => ({
  url,
  send_resolved: false,
  ...(token !== undefined && {
    http_config: { authorization: { type: "Bearer", credentials_file: fileOf(name) } },
  }),
});
