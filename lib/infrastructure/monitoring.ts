import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { MONITORING_RULES, type MonitoringConfig } from "../config/infrastructure";
import { checkProps, isTrueOrFalse, mapOf, optional, type Rules, rule, text } from "../core/rules";
import { ChartRelease } from "../kubernetes/chart-release";
import { CHARTS } from "../kubernetes/charts";
import { Gp3StorageClass, isVolumeTags } from "../kubernetes/gp3-storage-class";
import { ELASTIC_OPERATOR_VALUES, ELASTIC_STACK_SERVICES, elasticStackValues } from "../monitoring/elastic-stack";
import {
  PROMETHEUS_CRD_VALUES,
  PROMETHEUS_STACK_SERVICES,
  prometheusStackValues,
} from "../monitoring/prometheus-stack";
import { type KeyArns, keysFor } from "../security/encryption-keys";

/** The seed's own keys, and what monitoring needs beside them. */
export interface MonitoringProps extends MonitoringConfig {
  /** Key of the volumes. */
  readonly keys: Pick<KeyArns, "volumes">;
  /**
   * Labels of every series and alert that leaves Prometheus: `{ environment: "production", side: "read" }`.
   * @default - none
   */
  readonly labels?: Readonly<Record<string, string>>;
  /** Tags of the volumes, which the AWS provider's default tags do not reach. @default - those of the driver alone */
  readonly tags?: Readonly<Record<string, string>>;
  /** Whether Terraform refuses to destroy what holds volumes, and they outlive their claims. @default true */
  readonly deletionProtection?: boolean;
}

/** Where one answers within the cluster. */
export interface MonitoringService {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
}

/** What answers within the cluster, by the names of its makers. */
export type MonitoringServiceName = keyof typeof PROMETHEUS_STACK_SERVICES | keyof typeof ELASTIC_STACK_SERVICES;

const LABEL = "named by letters, digits and '_', no digit first and no '__'";

const RULES: Rules<MonitoringProps> = {
  ...MONITORING_RULES,
  keys: keysFor("volumes"),
  labels: optional(
    mapOf(
      rule("a text", (value) => typeof value === "string"),
      text(LABEL, /^(?!__)[A-Za-z_]\w*$/),
    ),
  ),
  tags: optional(isVolumeTags),
  deletionProtection: optional(isTrueOrFalse),
};

/** Kubernetes' pod security levels: what a namespace's pods may not do, the API server refuses. */
type PodSecurity = "restricted" | "baseline" | "privileged";

const STORAGE_CLASS = "monitoring-gp3";
/** Large images, and a volume to be made for each pod. */
const STACK_TIMEOUT_SECONDS = 900;
/** A namespace goes after its last pod has let go of its volume; the provider alone would wait for 5 minutes. */
const NAMESPACE_DELETE_TIMEOUT = "15m";

/**
 * Prometheus, Grafana and the Elastic stack in one cluster. What is false leaves nothing. Prometheus and Grafana are
 * one release, so that switching one changes its values and keeps the other's volume.
 */
export class Monitoring extends Construct {
  /** Those of what is on. */
  readonly services: Readonly<Partial<Record<MonitoringServiceName, MonitoringService>>>;

  private readonly made: string[] = [];
  /** Namespaces of what is on. */
  readonly namespaces: readonly string[] = this.made;

  private readonly isProtected: boolean;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    checkProps(this, props, RULES);
    const { prometheus, grafana, elasticStack, keys, tags, deletionProtection = true } = props;
    this.isProtected = deletionProtection;
    this.services = {};
    if (!prometheus && !grafana && !elasticStack) return;

    const storageClass = new Gp3StorageClass(this, "StorageClass", {
      name: STORAGE_CLASS,
      keys,
      tags,
      deletionProtection,
    }).resource;
    this.services = {
      ...((prometheus || grafana) && this.prometheusStack(props, storageClass)),
      ...(elasticStack && this.elasticStack(storageClass)),
    };
  }

  private prometheusStack(props: MonitoringProps, storageClass: ITerraformDependable) {
    const { prometheus, grafana, labels = {} } = props;
    const { namespace } = CHARTS.kubePrometheusStack;
    const nodeExporterNamespace = "node-exporter";
    const home = this.namespace("Namespace", namespace, "restricted");
    const dependsOn = [home, storageClass];
    if (prometheus) {
      const crds = new ChartRelease(this, "PrometheusCrds", {
        chart: "prometheusOperatorCrds",
        values: PROMETHEUS_CRD_VALUES,
        // Rolled back, they would lose what a newer operator has written already.
        atomic: false,
        dependsOn: [home],
      });
      // The node exporter works in the node's own network and files; it is alone in the namespace that lets it.
      dependsOn.push(crds.resource, this.namespace("NodeExporterNamespace", nodeExporterNamespace, "privileged"));
    }
    new ChartRelease(this, "PrometheusStack", {
      chart: "kubePrometheusStack",
      values: prometheusStackValues({
        prometheus,
        grafana,
        storageClassName: STORAGE_CLASS,
        labels,
        namespace,
        nodeExporterNamespace,
      }),
      // Rolled back, Grafana would find a database that its successor has changed already.
      atomic: false,
      timeoutSeconds: STACK_TIMEOUT_SECONDS,
      dependsOn,
    });
    const { prometheus: queries, alertmanager, grafana: dashboards } = PROMETHEUS_STACK_SERVICES;
    return {
      ...(prometheus && { prometheus: { namespace, ...queries }, alertmanager: { namespace, ...alertmanager } }),
      ...(grafana && { grafana: { namespace, ...dashboards } }),
    };
  }

  private elasticStack(storageClass: ITerraformDependable) {
    const { namespace } = CHARTS.eckStack;
    // The operator brings its custom resources' definitions: before the stack's resources come, and after they have gone.
    const operator = new ChartRelease(this, "ElasticOperator", {
      chart: "eckOperator",
      values: ELASTIC_OPERATOR_VALUES,
      // As those of Prometheus.
      atomic: false,
      dependsOn: [this.namespace("ElasticOperatorNamespace", CHARTS.eckOperator.namespace, "restricted")],
    });
    new ChartRelease(this, "ElasticStack", {
      chart: "eckStack",
      values: elasticStackValues({ storageClassName: STORAGE_CLASS }),
      atomic: false,
      timeoutSeconds: STACK_TIMEOUT_SECONDS,
      // Not restricted: Kibana's pods run as a user of their own, but do not promise it.
      dependsOn: [this.namespace("ElasticNamespace", namespace, "baseline"), storageClass, operator.resource],
    });
    const { elasticsearch, kibana } = ELASTIC_STACK_SERVICES;
    return { elasticsearch: { namespace, ...elasticsearch }, kibana: { namespace, ...kibana } };
  }

  /** Claims go with their namespace: it is guarded as what they hold. */
  private namespace(id: string, name: string, podSecurity: PodSecurity): ITerraformDependable {
    this.made.push(name);
    return new NamespaceV1(this, id, {
      metadata: { name, labels: { "pod-security.kubernetes.io/enforce": podSecurity } },
      timeouts: { delete: NAMESPACE_DELETE_TIMEOUT },
      lifecycle: { preventDestroy: this.isProtected },
    });
  }
}
