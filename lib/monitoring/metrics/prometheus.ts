import { ANY, type Metric } from "./metric";

const REMOTE = { cluster: ANY, remote_name: ANY, url: ANY } as const;

/** Of Prometheus 3.14 and Alertmanager 0.34 themselves, and of what watches from outside. */
export const PROMETHEUS_METRICS = {
  up: { type: "gauge", help: "1 where a target was scraped", labels: { cluster: ANY } },
  prometheus_remote_storage_samples_failed_total: {
    type: "counter",
    help: "Samples that the other Prometheus refused",
    labels: REMOTE,
  },
  prometheus_remote_storage_queue_highest_timestamp_seconds: {
    type: "gauge",
    help: "Time of the newest sample that waits to be brought",
    labels: REMOTE,
  },
  prometheus_remote_storage_queue_highest_sent_timestamp_seconds: {
    type: "gauge",
    help: "Time of the newest sample that was brought",
    labels: REMOTE,
  },
  prometheus_rule_evaluation_failures_total: {
    type: "counter",
    help: "Evaluations of rules that failed",
    labels: { cluster: ANY, rule_group: ANY },
  },
  prometheus_tsdb_head_series: { type: "gauge", help: "Series that Prometheus holds", labels: { cluster: ANY } },
  alertmanager_notifications_failed_total: {
    type: "counter",
    help: "Messages that a receiver did not take",
    labels: {
      cluster: ANY,
      integration: ANY,
      reason: [
        "other",
        "clientError",
        "serverError",
        "contextCanceled",
        "contextDeadlineExceeded",
        "authError",
        "rateLimited",
      ],
    },
  },
  alertmanager_notifications_total: {
    type: "counter",
    help: "Messages to receivers",
    labels: { cluster: ANY, integration: ANY },
  },
  probe_ssl_earliest_cert_expiry: {
    type: "gauge",
    help: "When the first of the certificates that a server shows ends, in seconds since 1970",
    labels: { cluster: ANY, target: ANY },
  },
  probe_success: { type: "gauge", help: "1 where a server answered", labels: { cluster: ANY, target: ANY } },
  fluentbit_input_records_total: {
    type: "counter",
    help: "Lines of logs that were read",
    labels: { cluster: ANY, name: ANY },
  },
  fluentbit_output_proc_records_total: {
    type: "counter",
    help: "Lines of logs that Elasticsearch took",
    labels: { cluster: ANY, name: ANY },
  },
  fluentbit_output_dropped_records_total: {
    type: "counter",
    help: "Lines of logs that were given up",
    labels: { cluster: ANY, name: ANY },
  },
  fluentbit_output_retries_failed_total: {
    type: "counter",
    help: "Parts of logs that were given up after all tries",
    labels: { cluster: ANY, name: ANY },
  },
} as const satisfies Readonly<Record<string, Metric>>;
