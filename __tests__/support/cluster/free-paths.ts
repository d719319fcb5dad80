import type { ChartKey } from "../../../lib/kubernetes/charts";
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
    "prometheus.prometheusSpec.scrapeClasses": "the operator's words",
    "prometheus.prometheusSpec.remoteWrite": "the operator's words",
    "prometheus.prometheusSpec.containers": KUBERNETES,
    "prometheus.prometheusSpec.volumes": KUBERNETES,
    "prometheus.additionalPodMonitors": "the operator's words",
    "alertmanager.config.route.group_by": "Alertmanager's own words",
    "alertmanager.config.route.routes": "Alertmanager's own words",
    "alertmanager.config.inhibit_rules": "Alertmanager's own words",
    "alertmanager.config.receivers": "Alertmanager's own words",
    "alertmanager.alertmanagerSpec.secrets": "names of ours",
    "defaultRules.additionalAggregationLabels": "labels of ours",
    "defaultRules.disabled": "names of the chart's alerts",
    "kube-state-metrics.metricLabelsAllowlist": "Kubernetes' own words",
    "grafana.admin.existingSecret": COMMENTED_OUT,
    "grafana.envValueFrom": KUBERNETES,
    "grafana.grafana.ini.security": "Grafana's own configuration",
    "grafana.sidecar.dashboards.annotations": "of any name",
    "grafana.grafana.ini.server.root_url": "Grafana's own configuration",
    "grafana.grafana.ini.auth.generic_oauth": "Grafana's own configuration",
    "grafana.additionalDataSources": "Grafana's own words",
    "grafana.extraSecretMounts": KUBERNETES,
    additionalPrometheusRulesMap: "by names of ours",
    "prometheus.prometheusSpec.storageSpec": "the operator's words: a claim template",
    "alertmanager.alertmanagerSpec.storage": "the operator's words: a claim template",
    "grafana.persistence.storageClassName": COMMENTED_OUT,
    "grafana.grafana.ini.analytics.reporting_enabled": "Grafana's own configuration",
  },
  fluentBit: {
    ...RESOURCES,
    env: KUBERNETES,
    daemonSetVolumes: "a list, which replaces the chart's own as a whole",
    daemonSetVolumeMounts: "a list, which replaces the chart's own as a whole",
    extraVolumes: KUBERNETES,
    extraVolumeMounts: KUBERNETES,
    securityContext: KUBERNETES,
    tolerations: KUBERNETES,
  },
  cloudWatchExporter: {
    ...RESOURCES,
    "securityContext.runAsNonRoot": KUBERNETES,
    "securityContext.runAsGroup": KUBERNETES,
    "securityContext.seccompProfile": KUBERNETES,
    containerSecurityContext: KUBERNETES,
    "serviceMonitor.interval": COMMENTED_OUT,
    "serviceMonitor.timeout": COMMENTED_OUT,
    "serviceMonitor.metricRelabelings": COMMENTED_OUT,
  },
  blackboxExporter: {
    ...RESOURCES,
    "config.modules.tls": "a module of ours",
    podSecurityContext: KUBERNETES,
    "serviceMonitor.targets": "the operator's words",
  },
  eckOperator: { "podSecurityContext.seccompProfile": KUBERNETES },
  eckStack: {
    "eck-elasticsearch.auth": "the operator's words",
    "eck-elasticsearch.http": "the operator's words",
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
