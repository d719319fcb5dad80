import { dependable, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { checkProps, isTrueOrFalse, optional, type Rules } from "../../core/rules";
import { ChartRelease } from "../chart-release";
import { CHARTS } from "../charts";
import { PRIVATE_RANGES } from "../cluster-ranges";
import { Namespace } from "../namespace";
import { CLUSTER_AUTOSCALER_RULES, ClusterAutoscaler, type ClusterAutoscalerProps } from "./cluster-autoscaler";
import { EXTERNAL_SECRETS_RULES, ExternalSecrets, type ExternalSecretsProps } from "./external-secrets";
import { kedaPolicies, kedaValues } from "./keda";
import { metricsServerValues } from "./metrics-server";

type Shared = "serviceMonitor" | "dependsOn";

export interface ServiceAddonsProps
  extends Omit<ExternalSecretsProps, Shared>,
    Pick<ClusterAutoscalerProps, "name" | "clusterName" | "region" | "version"> {
  /** Whether something scales by a query. @default false */
  readonly keda?: boolean;
  /** Whether nodes come and go with the pods, for which node groups must have room. @default false */
  readonly clusterAutoscaler?: boolean;
  /** Whether Prometheus finds them, for which the definitions of its operator must stand in the cluster. @default false */
  readonly serviceMonitors?: boolean;
}

const { clusterName, region, keys, secrets, namespaces, ranges } = EXTERNAL_SECRETS_RULES;

export const SERVICE_ADDONS_RULES: Rules<ServiceAddonsProps> = {
  ...{ clusterName, region, keys, secrets, namespaces, ranges },
  // The autoscaler's role has the longer name.
  name: CLUSTER_AUTOSCALER_RULES.name,
  version: CLUSTER_AUTOSCALER_RULES.version,
  keda: optional(isTrueOrFalse),
  clusterAutoscaler: optional(isTrueOrFalse),
  serviceMonitors: optional(isTrueOrFalse),
};

/** What services need of their cluster beside the cluster's own add-ons. What is false leaves nothing. */
export class ServiceAddons extends Construct {
  /** Metrics of pods: pass it to `dependsOn` of what scales by CPU. */
  readonly metricsServer: ITerraformDependable;
  /** The store of secrets: pass it to `dependsOn` of what reads from it. */
  readonly secretStore: ITerraformDependable;
  /** Pass it to `dependsOn` of scaled objects, which can't go without their operator. */
  readonly keda?: ITerraformDependable;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: ServiceAddonsProps) {
    super(scope, id);
    props = checkProps(this, props, SERVICE_ADDONS_RULES);
    const { name, clusterName, region, version, ranges, serviceMonitors: serviceMonitor = false } = props;

    const metricsServer = new ChartRelease(this, "MetricsServer", {
      chart: "metricsServer",
      values: metricsServerValues({ serviceMonitor }),
    }).resource;
    this.metricsServer = metricsServer;
    const dependsOn = [metricsServer];

    const externalSecrets = new ExternalSecrets(this, "ExternalSecrets", {
      ...{ name, clusterName, region, ranges, serviceMonitor, dependsOn },
      keys: props.keys,
      secrets: props.secrets,
      namespaces: props.namespaces,
    });
    this.secretStore = externalSecrets.resource;
    const identities = [externalSecrets.identity];
    if (props.clusterAutoscaler) {
      const autoscaler = new ClusterAutoscaler(this, "ClusterAutoscaler", {
        ...{ name, clusterName, region, version, serviceMonitor, dependsOn },
      });
      identities.push(autoscaler.identity);
    }
    // An identity takes effect some seconds after it is made, and a pod that was faster never gets it. What has none
    // comes between: metrics-server alone is asked whether it is ready 20 seconds after it starts.
    metricsServer.dependsOn = identities.map(dependable);
    if (props.keda) {
      const namespace = new Namespace(this, "KedaNamespace", {
        name: CHARTS.keda.namespace,
        policies: kedaPolicies(ranges ?? PRIVATE_RANGES),
      });
      this.keda = new ChartRelease(this, "Keda", {
        chart: "keda",
        values: kedaValues({ serviceMonitor }),
        dependsOn: [namespace.resource],
      }).resource;
    }
  }
}
