import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { ContainerConfig } from "../config/services";
import { DEFAULT_DRAIN_DELAY_MS } from "../contract/limits";
import { nameOf } from "../core/names";
import { given, list, optional, type Rules, text } from "../core/rules";
import { CHARTS } from "../kubernetes/charts";
import { NAMESPACES } from "../kubernetes/namespaces";
import { PROMETHEUS } from "../kubernetes/network-paths";
import { NetworkPolicy, TO_DNS, TO_POD_IDENTITY, type Way } from "../kubernetes/network-policy";
import { Configuration } from "./configuration";
import { type FieldKey, isFieldKey } from "./field-key-access";
import { type PodTemplateProps, podTemplate } from "./pod-template";
import { ServiceIdentity } from "./service-identity";
import { PORTS, SERVICES, selectorOf } from "./services";
import type { StoreAccess } from "./store-access";

/** Where a service runs, and what stands there. */
export interface ServicePlace {
  /** Name of the EKS cluster. */
  readonly clusterName: string;
  /** Begins the names of roles, `<name>-query-api`: the cluster's. */
  readonly name: string;
  readonly region: string;
  /** Key of personal fields. @default - nothing is encrypted by the services themselves */
  readonly fieldKey?: FieldKey;
  /** The store of secrets: what a service's own names are read from. */
  readonly secretStore: ITerraformDependable;
  /** What must stand before anything of the service: its namespace. @default - it is there already */
  readonly dependsOn?: readonly ITerraformDependable[];
}

export const SERVICE_PLACE_RULES: Rules<ServicePlace> = {
  clusterName: text("a cluster's name", /\S/),
  // The longest that follows is that of the processors.
  name: nameOf("IAM role", `-${SERVICES.commandProcessors.name}`),
  region: text("a Region", /\S/),
  fieldKey: optional(isFieldKey),
  secretStore: given("a resource"),
  dependsOn: optional(list("a list of resources")),
};

export interface ServicePodsProps extends ServicePlace, Pick<ContainerConfig, "resources" | "secrets"> {
  readonly service: (typeof SERVICES)[keyof typeof SERVICES];
  /** The user's environment variables and ours. */
  readonly variables: Readonly<Record<string, string>>;
  /** Files that the containers find. @default - none */
  readonly files?: Readonly<Record<string, string>>;
  readonly stores: readonly StoreAccess[];
  /** Who sends requests. @default - nobody */
  readonly from?: readonly Way[];
}

/** NGINX alone sends requests to an API. */
export const FROM_NGINX: Way = {
  peer: { namespace: NAMESPACES.ingress, labels: selectorOf(CHARTS.nginxIngress.name) },
  port: PORTS.http,
};
/** Prometheus reads the metrics of all. */
const FROM_PROMETHEUS: Way = {
  peer: { namespace: PROMETHEUS.namespace, labels: PROMETHEUS.labels },
  port: PORTS.metrics,
};

/** What all pods of a service have in common: who they are, what they are told, and whom they may speak to. */
export class ServicePods extends Construct {
  /** Pass them to `dependsOn` of the pods. */
  readonly resources: readonly ITerraformDependable[];

  private readonly props: ServicePodsProps;
  private readonly configuration: Configuration;

  constructor(scope: Construct, id: string, props: ServicePodsProps) {
    super(scope, id);
    this.props = props;
    const { service, clusterName, region, stores, secrets = {}, from = [], dependsOn = [] } = props;
    const { name, namespace } = service;
    const statements = stores.flatMap((store) => store.statements);

    const identity = new ServiceIdentity(this, "Identity", {
      name,
      namespace,
      clusterName,
      rolePrefix: props.name,
      statements,
      dependsOn,
    });
    this.configuration = new Configuration(this, "Configuration", {
      name,
      namespace,
      variables: {
        ...props.variables,
        ...Object.assign({}, ...stores.map((store) => store.variables)),
        AWS_REGION: region,
        METRICS_PORT: `${PORTS.metrics}`,
      },
      secrets,
      files: props.files,
      secretStore: props.secretStore,
      dependsOn,
    });
    const policy = new NetworkPolicy(this, "NetworkPolicy", {
      name,
      namespace,
      labels: selectorOf(name),
      from: [...from, FROM_PROMETHEUS],
      to: [...TO_DNS, ...(statements.length > 0 ? [TO_POD_IDENTITY] : []), ...stores.flatMap((store) => store.ways)],
      dependsOn,
    });
    // The add-ons come between an identity and the pods that have it: it takes effect some seconds after it is made, and a
    // pod that was faster never gets it.
    const addons = props.secretStore;
    this.resources = [...identity.resources, ...this.configuration.resources, policy.resource, addons];
  }

  /** A pod's template. */
  template(props: Pick<PodTemplateProps, "image" | "readiness" | "fields" | "stopSeconds" | "color">) {
    const { service, resources, variables } = this.props;
    const { DRAIN_DELAY_MS: drainDelay = DEFAULT_DRAIN_DELAY_MS } = variables;
    const drainSeconds = Math.ceil(Number(drainDelay) / 1000);
    return podTemplate({ ...props, name: service.name, resources, configuration: this.configuration, drainSeconds });
  }
}
