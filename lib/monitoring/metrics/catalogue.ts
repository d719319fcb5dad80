import { EXTERNAL_SECRETS_METRICS, KEDA_METRICS } from "./addons";
import { CLOUDWATCH_EXPORTER_METRICS, CLOUDWATCH_METRICS } from "./cloudwatch";
import { CQRS_METRICS } from "./cqrs";
import { EVENT_STORE_METRICS } from "./event-store";
import { KUBERNETES_METRICS } from "./kubernetes";
import { NGINX_METRICS } from "./nginx";
import { PROMETHEUS_METRICS } from "./prometheus";

/** Every metric that rules and dashboards may ask for: what nothing exports is not in it. */
export const CATALOGUE = {
  ...CQRS_METRICS,
  ...KUBERNETES_METRICS,
  ...NGINX_METRICS,
  ...KEDA_METRICS,
  ...EXTERNAL_SECRETS_METRICS,
  ...EVENT_STORE_METRICS,
  ...CLOUDWATCH_METRICS,
  ...CLOUDWATCH_EXPORTER_METRICS,
  ...PROMETHEUS_METRICS,
} as const;
