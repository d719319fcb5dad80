import { BOTH_SIDES, type Side } from "../../config/side";
import { like, series, unlike } from "../metrics/series";
import type { Alert } from "./alert";
import { type RuleOptions, silencedBy } from "./options";

const JOB = "nginx-ingress";
const BY = "by (environment, side)";
/** Ours: answers with 5xx of all. It sees what the services can't: requests that no pod of theirs has answered. */
const ERROR_SHARE = { warning: 0.01, critical: 0.05 } as const;
/** Ours: fewer within five minutes are nobody's emergency, whatever their share. */
const LEAST_ERRORS = 5;
/** Ours: whoever renews by hand needs the weeks. */
const CERTIFICATE_DAYS = { warning: 21, critical: 7 } as const;

/** The one within the VPC has alerts of its own on what it brings. */
const API_BALANCERS = { load_balancer: unlike("net/.+-monitoring/.+") };

const edge = (panel: number) => ({ panel: { dashboard: "cqrs-edge", panel } }) as const;
const answers = (code?: string) =>
  series("nginx_ingress_controller_upstream_server_response_latency_ms_count", code ? { code: like(code) } : {});

const serverErrors = (severity: keyof typeof ERROR_SHARE): Alert => ({
  name: "NginxServerErrors",
  severity,
  expr: [
    `sum ${BY} (rate(${answers("5..")}[5m])) / sum ${BY} (rate(${answers()}[5m])) > ${ERROR_SHARE[severity]}`,
    `sum ${BY} (increase(${answers("5..")}[5m])) >= ${LEAST_ERRORS}`,
  ].join(" and "),
  for: "5m",
  summary: "{{ $value | humanizePercentage }} of answers on the {{ $labels.side }} side are errors of the server",
  description:
    "The API failed, or none of its pods could be reached, of which the services' own counters know nothing.",
  ...edge(3),
});

const expiring = (severity: keyof typeof CERTIFICATE_DAYS): Alert => ({
  name: "CertificateExpiring",
  severity,
  expr: `(min by (environment, side, target) (${series("probe_ssl_earliest_cert_expiry")}) - time()) / 86400 < ${CERTIFICATE_DAYS[severity]}`,
  for: "1h",
  summary: "The certificate of {{ $labels.target }} ends in {{ $value | humanize }} days",
  description: "From then on no client connects. It is what the server shows: a renewed one counts once it is served.",
  ...edge(10),
});

const EDGE_ALERTS: readonly Alert[] = [
  serverErrors("warning"),
  serverErrors("critical"),
  {
    name: "NginxConfigurationRefused",
    severity: "warning",
    expr: `min ${BY} (${series("nginx_ingress_controller_nginx_last_reload_status")}) == 0`,
    for: "5m",
    summary: "NGINX on the {{ $labels.side }} side refuses its configuration",
    description: "It goes on with the older one: pods that came since get no requests, and those that went still do.",
    ...edge(6),
  },
  {
    name: "LoadBalancerWithoutNodes",
    severity: "critical",
    expr: `max by (environment, side, load_balancer) (${series("aws_networkelb_healthy_host_count_average", API_BALANCERS)}) == 0`,
    for: "3m",
    summary: "No node takes requests from {{ $labels.load_balancer }}",
    description: "Nobody reaches what is behind it: NGINX does not run, or its health can't be asked for.",
    ...edge(7),
  },
  expiring("warning"),
  expiring("critical"),
  {
    name: "HostUnreachable",
    severity: "critical",
    expr: `max by (environment, side, target) (${series("probe_success")}) == 0`,
    for: "5m",
    summary: "{{ $labels.target }} does not answer with TLS",
    description: "Connections are refused, or no certificate is shown: clients are not answered either.",
    ...edge(10),
  },
];

/** One a side: of what is absent altogether, only the question says where. */
const nginxDown = (environment: string, side: Side): Alert => ({
  name: "NginxDown",
  severity: "critical",
  labels: { side },
  expr: [
    `max ${BY} (${series("up", { side, job: JOB })}) == 0`,
    `max ${BY} (${series("nginx_ingress_nginx_up", { side })}) == 0`,
    `absent(${series("up", { environment, side, job: JOB })})`,
  ].join(" or "),
  for: "5m",
  summary: `NGINX on the ${side} side does not answer`,
  description: "No request gets to an API.",
  ...edge(1),
  followsFrom: silencedBy(side),
});

/** Alerts on the way from a client to an API. */
export const edgeAlerts = ({ environment, services, sides = BOTH_SIDES }: RuleOptions): readonly Alert[] => [
  ...(services ? sides : []).map((side) => nginxDown(environment, side)),
  ...EDGE_ALERTS,
];
