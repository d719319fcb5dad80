import { ANY, type Metric } from "./metric";

/** Of F5's NGINX ingress controller 5.5, all with its class. It tells no answers apart but those of its upstreams. */
export const NGINX_METRICS = {
  nginx_ingress_nginx_up: { type: "gauge", help: "1 where NGINX's own status could be read", labels: { class: ANY } },
  nginx_ingress_nginx_connections_accepted: {
    type: "counter",
    help: "Connections of clients that were accepted",
    labels: { class: ANY },
  },
  nginx_ingress_nginx_connections_handled: {
    type: "counter",
    help: "Connections of clients that were handled: the others were dropped",
    labels: { class: ANY },
  },
  nginx_ingress_nginx_connections_active: { type: "gauge", help: "Connections now", labels: { class: ANY } },
  nginx_ingress_nginx_http_requests_total: { type: "counter", help: "Requests", labels: { class: ANY } },
  nginx_ingress_controller_nginx_last_reload_status: {
    type: "gauge",
    help: "1 where NGINX took its last configuration, 0 where it goes on with an older one",
    labels: { class: ANY },
  },
  nginx_ingress_controller_nginx_reload_errors_total: {
    type: "counter",
    help: "Configurations that NGINX refused",
    labels: { class: ANY },
  },
  nginx_ingress_controller_upstream_server_response_latency_ms: {
    type: "histogram",
    help: "Milliseconds until an API's pod had answered",
    labels: {
      class: ANY,
      code: ANY,
      upstream: ANY,
      server: ANY,
      exported_service: ANY,
      resource_type: ANY,
      resource_name: ANY,
      resource_namespace: ANY,
      pod_name: ANY,
    },
    buckets: [
      1, 2, 3, 4, 5, 10, 20, 30, 40, 50, 100, 200, 300, 400, 500, 1000, 2000, 3000, 4000, 5000, 10_000, 20_000, 30_000,
      40_000, 50_000,
    ],
  },
} as const satisfies Readonly<Record<string, Metric>>;
