import { POD_RESOURCES } from "../config/pod-resources";
import { CLOUDWATCH_METRICS } from "./metrics/cloudwatch";
import { originOf, relabelingsOf } from "./origin";

/** AWS: most metrics are of a minute, and some minutes old when they are finished. */
const PERIOD_SECONDS = 60;
const DELAY_SECONDS = 180;
/** Lists of what there is change when something is made. */
const LIST_SECONDS = 3600;

/** What the exporter may ask for; CloudWatch knows no narrower right. */
export const CLOUDWATCH_STATEMENTS = [
  {
    Action: ["cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics", "cloudwatch:ListMetrics"],
    Resource: "*",
  },
];

export interface CloudWatchExporterProps {
  readonly region: string;
  /** With which the names of all that it asks for begin. */
  readonly environment: string;
}

/** The exporter's own configuration. */
const configOf = ({ region, environment }: CloudWatchExporterProps) => ({
  region,
  period_seconds: PERIOD_SECONDS,
  delay_seconds: DELAY_SECONDS,
  range_seconds: PERIOD_SECONDS * 10,
  // With CloudWatch's own times, what is asked for now would find nothing: it is minutes old.
  set_timestamp: false,
  use_get_metric_data: true,
  list_metrics_cache_ttl: LIST_SECONDS,
  metrics: Object.values(CLOUDWATCH_METRICS).map(({ namespace, name, dimensions, statistic }) => ({
    aws_namespace: namespace,
    aws_metric_name: name,
    aws_dimensions: dimensions,
    aws_dimension_select_regex: { [dimensions[0]]: [ofEnvironment(dimensions[0], environment)] },
    aws_statistics: [statistic],
  })),
});

/** A load balancer is named with its kind before it. */
const ofEnvironment = (dimension: string, environment: string): string =>
  dimension === "LoadBalancer" ? `net/${environment}-.*` : `${environment}-.*`;

/** Values of prometheus-cloudwatch-exporter. */
export const cloudWatchExporterValues = (props: CloudWatchExporterProps): object => ({
  // JSON is YAML too, and has no braces in pairs that the chart would take for a template.
  config: JSON.stringify(configOf(props), null, 1),
  serviceAccount: { create: true, name: SERVICE_ACCOUNT },
  rbac: { create: false },
  resources: POD_RESOURCES.cloudWatchExporter,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 65_534,
    runAsGroup: 65_534,
    fsGroup: 65_534,
    seccompProfile: { type: "RuntimeDefault" },
  },
  containerSecurityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
  serviceMonitor: {
    enabled: true,
    interval: `${PERIOD_SECONDS}s`,
    timeout: `${PERIOD_SECONDS - 10}s`,
    // It runs on one side and asks for both: a load balancer's name says whose it is.
    metricRelabelings: relabelingsOf(originOf(props.environment, "$1"), {
      sourceLabels: ["load_balancer"],
      regex: "net/.+-(write|read)/.+",
    }),
  },
});

export const SERVICE_ACCOUNT = "cloudwatch-exporter";
