import { like, series } from "../metrics/series";
import { certificatesPanel } from "./certificates";
import type { Dashboard } from "./dashboard";
import { CHOSEN, ENVIRONMENT, SIDE } from "./scope";

const rate = (selector: string) => `rate(${selector}[$__rate_interval])`;
const answers = (code?: string) =>
  series("nginx_ingress_controller_upstream_server_response_latency_ms_count", {
    ...CHOSEN,
    ...(code && { code: like(code) }),
  });
const all = `sum by (side) (${rate(answers())})`;
/** What has never failed has no series of failures: it has no gap here, but a zero. */
const serverErrors = `(sum by (side) (${rate(answers("5.."))}) or 0 * ${all})`;

/** Whether requests get from clients to the APIs. */
export const EDGE: Dashboard = {
  uid: "cqrs-edge",
  title: "CQRS / Edge",
  description: "Do requests get from clients to the APIs, and answers back?",
  variables: [ENVIRONMENT, SIDE],
  rows: [
    {
      title: "NGINX",
      panels: [
        {
          id: 1,
          kind: "timeseries",
          title: "Requests",
          description:
            "How many requests reach NGINX? A fall without a reason is what lies before it: DNS, Cloudflare, the load balancer. No line: NGINX does not answer.",
          unit: "reqps",
          queries: [
            {
              expr: `sum by (side) (${rate(series("nginx_ingress_nginx_http_requests_total", CHOSEN))})`,
              legend: "{{side}}",
            },
          ],
          width: 8,
        },
        {
          id: 2,
          kind: "timeseries",
          title: "Answers by code",
          description:
            "What do the APIs answer? Many 401 or 403 are tokens that are wrong, many 429 a client that asks too much, 502 to 504 an API that can't be reached.",
          unit: "reqps",
          queries: [{ expr: `sum by (side, code) (${rate(answers())})`, legend: "{{side}} {{code}}" }],
          width: 8,
        },
        {
          id: 3,
          kind: "timeseries",
          title: "Share of answers that are the server's errors",
          description:
            "Which share of answers is 5xx? It sees what the services can't: requests that no pod has answered. It is zero; from the first line on it is an alert.",
          unit: "percentunit",
          queries: [{ expr: `${serverErrors} / ${all}`, legend: "{{side}}" }],
          width: 8,
          thresholds: [
            { from: 0.01, color: "orange" },
            { from: 0.05, color: "red" },
          ],
        },
        {
          id: 4,
          kind: "timeseries",
          title: "Milliseconds until the answer, of 95 %",
          description:
            "How long do 95 % of answers take at most, as NGINX sees it? More than the services say themselves is time in the network or in wait for a pod.",
          unit: "ms",
          queries: [
            {
              expr: `histogram_quantile(0.95, sum by (side, exported_service, le) (${rate(series("nginx_ingress_controller_upstream_server_response_latency_ms_bucket", CHOSEN))}))`,
              legend: "{{side}} {{exported_service}}",
            },
          ],
          width: 8,
        },
        {
          id: 5,
          kind: "timeseries",
          title: "Connections that were dropped",
          description:
            "Does NGINX take all connections? It is zero. Others were dropped because it has as many as it may: it needs more pods.",
          unit: "cps",
          queries: [
            {
              expr: (["accepted", "handled"] as const)
                .map((what) => `sum by (side) (${rate(series(`nginx_ingress_nginx_connections_${what}`, CHOSEN))})`)
                .join(" - "),
              legend: "{{side}}",
            },
          ],
          width: 8,
        },
        {
          id: 6,
          kind: "stat",
          title: "Last configuration",
          description:
            "Does NGINX work by its newest configuration? One that refused it goes on with the older: pods that came since get no requests, and those that went still do.",
          unit: "none",
          queries: [
            {
              expr: `min by (side) (${series("nginx_ingress_controller_nginx_last_reload_status", CHOSEN)})`,
              legend: "{{side}}",
            },
          ],
          width: 8,
          values: [
            { value: 1, text: "Taken", color: "green" },
            { value: 0, text: "Refused", color: "red" },
          ],
        },
      ],
    },
    {
      title: "Load balancers and certificates",
      panels: [
        {
          id: 7,
          kind: "timeseries",
          title: "Nodes that take requests",
          description:
            "To how many nodes does each load balancer send? Without any nobody reaches what is behind it: NGINX does not run, or its health can't be asked for.",
          unit: "none",
          queries: [
            {
              expr: `max by (side, load_balancer, target_group) (${series("aws_networkelb_healthy_host_count_average", CHOSEN)})`,
              legend: "{{load_balancer}} {{target_group}}",
            },
          ],
          width: 12,
        },
        {
          id: 8,
          kind: "timeseries",
          title: "Connections at the load balancers",
          description:
            "How many connections are open? Many more than requests would need are clients that connect anew for each, or an attack.",
          unit: "short",
          queries: [
            {
              expr: `max by (side, load_balancer) (${series("aws_networkelb_active_flow_count_average", CHOSEN)})`,
              legend: "{{load_balancer}}",
            },
          ],
          width: 12,
        },
        {
          id: 9,
          kind: "timeseries",
          title: "Bytes through the load balancers",
          description:
            "How much goes in and out? AWS is paid by it. A rise without more requests is answers that got larger, or somebody who takes all there is.",
          unit: "Bps",
          queries: [
            {
              // AWS gives the sum of a minute.
              expr: `sum by (side, load_balancer) (${series("aws_networkelb_processed_bytes_sum", CHOSEN)}) / 60`,
              legend: "{{load_balancer}}",
            },
          ],
          width: 12,
        },
        certificatesPanel(10, 12),
      ],
    },
  ],
};
