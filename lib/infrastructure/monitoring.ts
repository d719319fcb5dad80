import { type ITerraformDependable, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import type { MonitoringConfig } from "../config/infrastructure";
import { checkProps } from "../core/rules";
import { ChartRelease } from "../kubernetes/chart-release";
import { CHARTS } from "../kubernetes/charts";
import { ManifestRelease } from "../kubernetes/manifest-release";
import { NAMESPACES } from "../kubernetes/namespaces";
import { PodIdentity } from "../kubernetes/pod-identity";
import { alertmanagerValues, receiverSecrets } from "../monitoring/alertmanager";
import { nginxServers } from "../monitoring/certificate-probes";
import { CLOUDWATCH_STATEMENTS, cloudWatchExporterValues, SERVICE_ACCOUNT } from "../monitoring/cloudwatch-exporter";
import { DashboardMaps } from "../monitoring/dashboards/dashboard-maps";
import { dashboardsOf } from "../monitoring/dashboards/dashboards";
import { ELASTIC_STACK_SERVICES } from "../monitoring/elastic-stack";
import { eventStoreLogin, eventStoreScrape } from "../monitoring/event-store-scrape";
import { grafanaSecrets, grafanaValues } from "../monitoring/grafana";
import { Ground, metricsNamespace, STORAGE_CLASS } from "../monitoring/ground";
import { IngestLoadBalancer } from "../monitoring/ingest-load-balancer";
import { INGEST_PORTS } from "../monitoring/ingest-ports";
import {
  addLogins,
  addLogStack,
  elasticNamespace,
  loggingNamespace,
  logStackSecrets,
} from "../monitoring/logs/log-stack";
import { addMetricsStack, replicasOf } from "../monitoring/metrics-stack";
import { MonitoringSecrets } from "../monitoring/monitoring-secrets";
import { PrometheusReplicas } from "../monitoring/prometheus-replicas";
import { PROMETHEUS_STACK_SERVICES } from "../monitoring/prometheus-stack";
import { addRemoteWriteLogin, ingestSecrets } from "../monitoring/remote-write";
import { ruleGroups, runbooksIn } from "../monitoring/rules/rules";
import type { KeyArns } from "../security/encryption-keys";
import { GeneratedLogin } from "../security/generated-login";
import type { MonitoredCluster } from "./monitored-cluster";
import { type MonitoringPlan, monitoringPlan } from "./monitoring-plan";
import { policiesOfPlan } from "./monitoring-policies";
import { MONITORING_PROPS_RULES, type MonitoringProps } from "./monitoring-props";

/** Where one answers within the cluster. */
export interface MonitoringService {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
}

/** What answers within the cluster, by the names of its makers. */
export type MonitoringServiceName = keyof typeof PROMETHEUS_STACK_SERVICES | keyof typeof ELASTIC_STACK_SERVICES;

/**
 * Prometheus, Grafana and the Elastic stack in one cluster, for itself and for another one. What is false leaves
 * nothing. Prometheus and Grafana are one release: switching one of them changes its values and keeps the other.
 */
export class Monitoring extends Construct {
  /** Those of what is on. */
  readonly services: Readonly<Partial<Record<MonitoringServiceName, MonitoringService>>>;
  /** Namespaces of what is on. */
  readonly namespaces: readonly string[];
  /** Where the other cluster brings what it has collected; none without `ingest`. */
  readonly ingestHost?: string;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    props = checkProps(this, props, MONITORING_PROPS_RULES);
    const { prometheus, grafana, elasticStack, keys, deletionProtection = true } = props;
    this.services = servicesOf(props);
    this.namespaces = [];
    if (!prometheus && !grafana && !elasticStack) return;

    const plan = monitoringPlan(props, props.environment ?? TerraformStack.of(this).node.id);
    const ground = new Ground(this, { keys, deletionProtection, policies: policiesOfPlan(props, plan) });
    const secrets = this.secrets(props, plan, ground);
    if (prometheus || grafana) this.metrics(props, plan, ground, secrets);
    if (elasticStack) this.logs(props, plan, ground, secrets);
    this.ingestHost = this.ingest(props, plan, ground);
    this.namespaces = ground.namespaces;
  }

  /** What is secret, for whatever of it is on; nothing where no External Secrets would bring it. */
  private secrets(
    { cluster, keys }: MonitoringProps,
    plan: MonitoringPlan,
    ground: Ground,
  ): ITerraformDependable | undefined {
    const { environment, options, grafana, alerting, credentials, remoteWrite, certificateAuthority } = plan;
    const secrets = [
      ...receiverSecrets(alerting),
      ...(grafana === undefined ? [] : grafanaSecrets(grafana)),
      ...(credentials === undefined ? [] : [eventStoreLogin(credentials)]),
      ...(remoteWrite === undefined ? [] : ingestSecrets(environment, remoteWrite)),
      ...(certificateAuthority === undefined ? [] : logStackSecrets(environment, certificateAuthority)),
    ];
    if (cluster === undefined || secrets.length === 0) return undefined;
    const dependsOn = [
      ...(grafana || alerting || credentials || remoteWrite ? [metricsNamespace(ground)] : []),
      ...(grafana?.administrator === undefined
        ? []
        : [this.administrator(grafana.administrator, keys, grafana.options?.passwordVersion)]),
      ...(remoteWrite === undefined ? [] : [addRemoteWriteLogin(this, environment, keys, remoteWrite)]),
      ...(certificateAuthority === undefined
        ? []
        : [
            ...addLogins(this, environment, keys, options.logs?.passwordVersion),
            elasticNamespace(ground),
            loggingNamespace(ground),
          ]),
    ];
    const { name, region } = cluster;
    return new MonitoringSecrets(this, "Secrets", { name, region, keys, secrets, dependsOn }).resource;
  }

  private administrator(
    name: string,
    keys: Pick<KeyArns, "secrets">,
    passwordVersion: number | undefined,
  ): ITerraformDependable {
    const login = { name, description: "Grafana's administrator", username: "admin", passwordVersion, keys };
    return new GeneratedLogin(this, "Administrator", login).resource;
  }

  private metrics(
    props: MonitoringProps,
    plan: MonitoringPlan,
    ground: Ground,
    secrets: ITerraformDependable | undefined,
  ): void {
    const { prometheus, cluster, eventStore } = props;
    const { environment, options, grafana, alerting, credentials, remoteWrite } = plan;
    const stack = addMetricsStack(this, ground, {
      environment,
      side: "read",
      prometheus: prometheus ? (options.prometheus ?? {}) : undefined,
      rules: ruleGroups(plan.rules),
      alertmanager: alertmanagerValues({
        storageClassName: STORAGE_CLASS,
        alerting,
        grafanaUrl: options.grafana?.url,
      }),
      grafana: grafana && grafanaValues(grafana),
      servers: nginxServers(cluster?.hosts ?? []),
      remoteWrite: remoteWrite && "receives",
      dependsOn: secrets === undefined ? [] : [secrets],
    });
    if (!prometheus) return;

    if (grafana !== undefined) {
      new DashboardMaps(this, "Dashboards", {
        dashboards: dashboardsOf({ ...plan.rules, hourlyPrices: options.hourlyPrices }),
        runbooksOf: runbooksIn(plan.rules),
        dependsOn: [metricsNamespace(ground)],
      });
    }
    if (cluster !== undefined) this.cloudWatch(cluster, environment, stack);
    if (eventStore !== undefined && credentials !== undefined) {
      new ManifestRelease(this, "EventStoreMetrics", {
        name: "event-store-metrics",
        namespace: NAMESPACES.monitoring,
        manifests: [eventStoreScrape(environment, eventStore)],
        dependsOn: [stack],
      });
    }
  }

  private logs(
    { cluster, ingest, accessLogs, deletionProtection = true }: MonitoringProps,
    { environment, options, certificateAuthority }: MonitoringPlan,
    ground: Ground,
    secrets: ITerraformDependable | undefined,
  ): void {
    const isShipped = cluster !== undefined && secrets !== undefined && certificateAuthority !== undefined;
    addLogStack(this, ground, {
      environment,
      options: options.logs,
      shipped: isShipped
        ? {
            ...cluster,
            name: environment,
            certificateAuthority,
            secrets,
            accessLogs,
            deletionProtection,
            isIngest: ingest !== undefined,
          }
        : undefined,
    });
  }

  /** The load balancer that another cluster's collectors know; none where there is nothing to bring. */
  private ingest({ ingest }: MonitoringProps, plan: MonitoringPlan, ground: Ground): string | undefined {
    const { environment, options, remoteWrite, certificateAuthority } = plan;
    if (ingest === undefined || (remoteWrite === undefined && certificateAuthority === undefined)) return undefined;
    const ports = {
      ...(remoteWrite !== undefined &&
        new PrometheusReplicas(this, "Ingest", {
          replicas: replicasOf(options.prometheus),
          dependsOn: [metricsNamespace(ground)],
        }).ports),
      ...(certificateAuthority !== undefined && { Elasticsearch: INGEST_PORTS.elasticsearch }),
    };
    return new IngestLoadBalancer(this, "LoadBalancer", { ...ingest, name: `${environment}-monitoring`, ports })
      .dnsName;
  }

  /** Of what AWS runs, and only from one cluster: each question costs. */
  private cloudWatch(
    { name, clusterName, region }: MonitoredCluster,
    environment: string,
    stack: ITerraformDependable,
  ) {
    const identity = new PodIdentity(this, "CloudWatchIdentity", {
      clusterName,
      roleName: `${name}-cloudwatch-exporter`,
      namespace: NAMESPACES.monitoring,
      serviceAccount: SERVICE_ACCOUNT,
      statements: CLOUDWATCH_STATEMENTS,
    });
    new ChartRelease(this, "CloudWatch", {
      chart: "cloudWatchExporter",
      values: cloudWatchExporterValues({ region, environment }),
      dependsOn: [stack, identity.resource],
    });
  }
}

function servicesOf({ prometheus, grafana, elasticStack }: MonitoringConfig) {
  const inMonitoring = { namespace: CHARTS.kubePrometheusStack.namespace };
  const inElastic = { namespace: CHARTS.eckStack.namespace };
  const { prometheus: queries, alertmanager, grafana: dashboards } = PROMETHEUS_STACK_SERVICES;
  const { elasticsearch, kibana } = ELASTIC_STACK_SERVICES;
  return {
    ...(prometheus && {
      prometheus: { ...inMonitoring, ...queries },
      alertmanager: { ...inMonitoring, ...alertmanager },
    }),
    ...(grafana && { grafana: { ...inMonitoring, ...dashboards } }),
    ...(elasticStack && {
      elasticsearch: { ...inElastic, ...elasticsearch },
      kibana: { ...inElastic, ...kibana },
    }),
  };
}
