import { ANY, type Metric } from "./metric";

const SCALER = {
  exported_namespace: ANY,
  metric: ANY,
  scaledObject: ANY,
  scaler: ANY,
  triggerIndex: ANY,
  type: ["scaledobject", "scaledjob"],
} as const;

/** Of KEDA 2.20's operator. */
export const KEDA_METRICS = {
  keda_scaler_metrics_value: { type: "gauge", help: "What a scaler read last", labels: SCALER },
  keda_scaler_active: { type: "gauge", help: "1 where a scaler wants pods", labels: SCALER },
  keda_scaler_detail_errors_total: { type: "counter", help: "Times that a scaler could not read", labels: SCALER },
} as const satisfies Readonly<Record<string, Metric>>;

/** Of External Secrets 2.9. */
export const EXTERNAL_SECRETS_METRICS = {
  externalsecret_status_condition: {
    type: "gauge",
    help: "1 for the state that a secret is in",
    labels: {
      name: ANY,
      exported_namespace: ANY,
      condition: ["Ready", "Deleted"],
      status: ["True", "False", "Unknown"],
    },
  },
  externalsecret_sync_calls_error: {
    type: "counter",
    help: "Times that a secret could not be read",
    labels: { name: ANY, exported_namespace: ANY },
  },
} as const satisfies Readonly<Record<string, Metric>>;
