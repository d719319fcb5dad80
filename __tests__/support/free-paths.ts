import type { ChartKey } from "../../lib/kubernetes/charts";
import type { FreePaths } from "./chart-values";

const KUBERNETES = "Kubernetes' own words";
const COMMENTED_OUT = "commented out in the chart";
const SPREAD: FreePaths = { "*.topologySpreadConstraints": KUBERNETES };
const RESOURCES: FreePaths = { "*.resources": KUBERNETES };

/** What our values say in each chart's words, though its values.yaml does not have it or takes it as it comes. */
export const FREE_PATHS: Readonly<Record<ChartKey, FreePaths>> = {
  prometheusOperatorCrds: { "crds.annotations": "of any name" },
  kubePrometheusStack: {
    ...RESOURCES,
    "prometheus.prometheusSpec.externalLabels": "labels by our names",
    "prometheus.prometheusSpec.storageSpec": "the operator's words: a claim template",
    "alertmanager.alertmanagerSpec.storage": "the operator's words: a claim template",
    "grafana.persistence.storageClassName": COMMENTED_OUT,
    "grafana.grafana.ini.analytics.reporting_enabled": "Grafana's own configuration",
  },
  eckOperator: { "podSecurityContext.seccompProfile": KUBERNETES },
  eckStack: {
    "eck-elasticsearch.nodeSets": "a list, which replaces the chart's own as a whole",
    "eck-kibana.fullnameOverride": COMMENTED_OUT,
    "eck-kibana.podTemplate": "commented out in the chart; Kubernetes' own words",
  },
  metricsServer: { ...SPREAD, "resources.limits": KUBERNETES },
  externalSecrets: { ...SPREAD, ...RESOURCES, "crds.annotations": "of any name" },
  keda: {
    "topologySpreadConstraints.operator": KUBERNETES,
    "topologySpreadConstraints.metricsServer": KUBERNETES,
    "topologySpreadConstraints.webhooks": KUBERNETES,
    "podDisruptionBudget.operator": KUBERNETES,
    "podDisruptionBudget.metricServer": KUBERNETES,
    "podDisruptionBudget.webhooks": KUBERNETES,
    "crds.additionalAnnotations": "of any name",
    "*.cpu": "taken away",
  },
  clusterAutoscaler: {
    ...SPREAD,
    ...RESOURCES,
    "extraArgs.balance-similar-node-groups": COMMENTED_OUT,
    "extraArgs.skip-nodes-with-local-storage": COMMENTED_OUT,
    securityContext: KUBERNETES,
    containerSecurityContext: KUBERNETES,
  },
  nginxIngress: {
    "controller.topologySpreadConstraints": COMMENTED_OUT,
    "controller.resources.limits": COMMENTED_OUT,
    "controller.initContainerResources.limits": COMMENTED_OUT,
    "controller.lifecycle": KUBERNETES,
    "controller.service.httpsPort.nodePort": COMMENTED_OUT,
    "controller.service.customPorts": KUBERNETES,
    "controller.config.entries": "NGINX's own words",
    "controller.podDisruptionBudget.maxUnavailable": COMMENTED_OUT,
  },
};

/** Charts whose values stand below their names in those of another. */
export const SUBCHARTS: Readonly<Partial<Record<ChartKey, readonly string[]>>> = {
  kubePrometheusStack: ["grafana", "kube-state-metrics", "prometheus-node-exporter"],
  eckStack: ["eck-elasticsearch", "eck-kibana"],
};
