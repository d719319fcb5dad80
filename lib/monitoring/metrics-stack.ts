import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { DEFAULT_PROMETHEUS, type PrometheusOptions } from "../config/prometheus";
import type { Side } from "../config/side";
import { ChartRelease } from "../kubernetes/chart-release";
import { certificateProbeValues, type WatchedServer } from "./certificate-probes";
import { type Ground, metricsNamespace, STORAGE_CLASS } from "./ground";
import { additionalPodMonitors } from "./monitors";
import { prometheusValues, type RemoteWrite } from "./prometheus";
import { PROMETHEUS_CRD_VALUES, prometheusStackValues } from "./prometheus-stack";

export interface MetricsStackProps {
  readonly environment: string;
  readonly side: Side;
  /** @default - no Prometheus: what else is in the release stands alone */
  readonly prometheus?: PrometheusOptions;
  /** What Prometheus does with metrics of another cluster. @default - it has nothing to do with any */
  readonly remoteWrite?: RemoteWrite;
  /** Values of the chart's other parts. */
  readonly rules?: object;
  readonly alertmanager?: object;
  readonly grafana?: object;
  /** Servers of this cluster whose certificates are watched. */
  readonly servers: readonly WatchedServer[];
  /** What must stand before its pods. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/** Large images, and a volume to be made for each pod. */
export const STACK_TIMEOUT_SECONDS = 900;

/**
 * Prometheus and what comes in one release with it, so that switching one part changes its values and keeps the
 * others. Made in the scope itself, as the ground that it stands on.
 */
export function addMetricsStack(scope: Construct, ground: Ground, props: MetricsStackProps): ITerraformDependable {
  const { prometheus, environment, side, remoteWrite, servers } = props;
  const home = metricsNamespace(ground);
  const dependsOn = [home, ground.storageClass, ...props.dependsOn];
  const nodeExporterNamespace = "node-exporter";
  if (prometheus !== undefined) {
    const crds = new ChartRelease(scope, "PrometheusCrds", {
      chart: "prometheusOperatorCrds",
      values: PROMETHEUS_CRD_VALUES,
      // Rolled back, they would lose what a newer operator has written already.
      atomic: false,
      dependsOn: [home],
    });
    // The node exporter works in the node's own network and files; it is alone in the namespace that lets it.
    dependsOn.push(crds.resource, ground.namespace("NodeExporterNamespace", nodeExporterNamespace, "privileged"));
  }
  const stack = new ChartRelease(scope, "PrometheusStack", {
    chart: "kubePrometheusStack",
    values: prometheusStackValues({
      nodeExporterNamespace,
      prometheus: prometheus && {
        ...prometheusValues({ environment, side, options: prometheus, storageClassName: STORAGE_CLASS, remoteWrite }),
        additionalPodMonitors: additionalPodMonitors(side),
      },
      rules: props.rules,
      alertmanager: props.alertmanager,
      grafana: props.grafana,
    }),
    // Rolled back, Prometheus and Alertmanager could find files that their successors have written.
    atomic: false,
    timeoutSeconds: STACK_TIMEOUT_SECONDS,
    dependsOn,
  }).resource;
  if (prometheus !== undefined && servers.length > 0) {
    new ChartRelease(scope, "CertificateProbes", {
      chart: "blackboxExporter",
      values: certificateProbeValues(servers),
      dependsOn: [stack],
    });
  }
  return stack;
}

export const replicasOf = (options: PrometheusOptions | undefined): number =>
  options?.replicas ?? DEFAULT_PROMETHEUS.replicas;
