import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { type CacheRule, CLOUDFLARE_RULES } from "../config/edge";
import { POD_REPLICAS, POD_RESOURCES } from "../config/pod-resources";
import { type Cidr, isRange } from "../core/cidr";
import { checkProps, isTrueOrFalse, list, listOf, optional, type Rules, unique, wholeNumber } from "../core/rules";
import { ChartRelease } from "../kubernetes/chart-release";
import { CHARTS } from "../kubernetes/charts";
import { Namespace } from "../kubernetes/namespace";
import { PROMETHEUS } from "../kubernetes/network-paths";
import { NETWORK_PORT, NetworkPolicy, TO_DNS, type Way } from "../kubernetes/network-policy";
import { isNamespaceName } from "../kubernetes/release-settings";
import { spreadOver } from "../kubernetes/spread";
import { cacheHeaders } from "./cache-headers";
import { ANYBODY } from "./network-load-balancer";
import { HEALTH_CHECK, HEALTH_PATH, NODE_PORTS } from "./node-ports";

export interface NginxValuesProps {
  /** Namespace whose Ingresses it answers for: nobody claims a host from another. */
  readonly namespace: string;
  /**
   * Ranges from which only Cloudflare's requests come, and whose word on the client's address is taken.
   * @default - none: the load balancer leaves the client's address as it is
   */
  readonly proxies?: readonly Cidr[];
  /** What the edge may keep, for answers that say nothing themselves. @default - nothing */
  readonly cacheable?: readonly CacheRule[];
  /** Whether Prometheus finds it, for which the definitions of Prometheus' operator must stand. @default false */
  readonly serviceMonitor?: boolean;
}

export interface NginxProps extends NginxValuesProps {
  /** Ranges in which the cluster's own API is, from which it learns its Ingresses: the VPC's and the services'. */
  readonly apiServer: readonly Cidr[];
  /** Port of the pods that it sends requests to. */
  readonly backendPort: number;
  /** What must stand before its pods. @default - nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
}

const RULES: Rules<NginxProps> = {
  apiServer: unique(listOf(isRange("10.0.0.0/16"))),
  backendPort: wholeNumber(NETWORK_PORT),
  namespace: isNamespaceName,
  proxies: optional(unique(listOf(isRange("173.245.48.0/20")))),
  cacheable: CLOUDFLARE_RULES.cacheable,
  serviceMonitor: optional(isTrueOrFalse),
  dependsOn: optional(list("a list of resources")),
};

/** The class of the Ingresses that are its own. */
export const INGRESS_CLASS = "nginx";

/** The chart's labels of its pods. */
const POD_LABELS = {
  "app.kubernetes.io/name": CHARTS.nginxIngress.name,
  "app.kubernetes.io/instance": CHARTS.nginxIngress.name,
};
/** In the container: the chart's own, and ours for health. */
const HTTPS_PORT = 443;
const METRICS_PORT = 9113;
const HEALTH_PORT = 8090;
/** A file in scratch space that only a pod's end makes: the chart has no probe that would restart a container. */
const LEAVING = "/var/lib/nginx/leaving";
/** Until the load balancer has noticed, and has told all of its own. */
const LEAVING_SECONDS = HEALTH_CHECK.intervalSeconds * HEALTH_CHECK.answers + 25;
/** Longest time that a request has left when its worker is to go: the chart's longest wait for an answer. */
const REQUEST_SECONDS = 60;
const SPARE_SECONDS = 15;

/**
 * Health for the load balancer. A pod that is about to go says so while it still answers: Kubernetes itself sends it
 * requests until it is gone where it is the only one of its node, and after that drops them.
 */
const HEALTH_SERVER = [
  "server {",
  `  listen ${HEALTH_PORT};`,
  "  access_log off;",
  `  location = ${HEALTH_PATH} { if (-f ${LEAVING}) { return 503; } return 200; }`,
  "  location / { return 404; }",
  "}",
].join("\n");

/** Entries of NGINX's ConfigMap: all of them texts. */
const entries = ({ proxies = [], cacheable = [] }: NginxValuesProps): Readonly<Record<string, string>> => ({
  "server-tokens": "False",
  "ssl-protocols": "TLSv1.2 TLSv1.3",
  http2: "True",
  // At each change of an API's pods NGINX starts new workers: old ones would wait for idle connections for ever.
  "worker-shutdown-timeout": `${REQUEST_SECONDS}s`,
  ...(proxies.length > 0 && { "real-ip-header": "CF-Connecting-IP", "set-real-ip-from": proxies.join(",") }),
  "http-snippets": [HEALTH_SERVER, ...(cacheable.length > 0 ? [cacheHeaders(cacheable)] : [])].join("\n"),
});

/** Values of nginx-ingress. */
export const nginxValues = (props: NginxValuesProps): object => ({
  controller: {
    replicaCount: POD_REPLICAS.nginx,
    podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
    // The load balancer counts nodes: two on one would get as much as one on another.
    topologySpreadConstraints: spreadOver(POD_LABELS, "zone", "node"),
    resources: POD_RESOURCES.nginx,
    readOnlyRootFilesystem: true,
    initContainerResources: POD_RESOURCES.nginxInit,
    lifecycle: { preStop: { exec: { command: ["sh", "-c", `touch ${LEAVING} && sleep ${LEAVING_SECONDS}`] } } },
    terminationGracePeriodSeconds: LEAVING_SECONDS + REQUEST_SECONDS + SPARE_SECONDS,
    service: {
      type: "NodePort",
      // The client's address stays, and no node passes a request on to another.
      externalTrafficPolicy: "Local",
      httpPort: { enable: false },
      httpsPort: { nodePort: NODE_PORTS.https },
      customPorts: [
        { name: "health", protocol: "TCP", port: HEALTH_PORT, targetPort: HEALTH_PORT, nodePort: NODE_PORTS.health },
      ],
    },
    ingressClass: { name: INGRESS_CLASS, setAsDefaultIngress: false },
    watchNamespace: props.namespace,
    config: { entries: entries(props) },
    // Of Ingresses: whoever may write one would write NGINX's configuration.
    enableSnippets: false,
    enableLatencyMetrics: true,
    telemetryReporting: { enable: false },
  },
  prometheus: {
    create: true,
    service: { create: true },
    ...(props.serviceMonitor && { serviceMonitor: { create: true } }),
  },
});

/** F5's NGINX ingress controller, at fixed ports of the nodes that it runs on. */
export class Nginx extends Construct {
  /** Pass it to `dependsOn` of Ingresses and of Policies, whose definition comes with it. */
  readonly resource: ITerraformDependable;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: NginxProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const namespace = new Namespace(this, "Namespace", { name: CHARTS.nginxIngress.namespace });
    const policy = new NetworkPolicy(this, "NetworkPolicy", {
      name: CHARTS.nginxIngress.name,
      namespace: namespace.name,
      labels: POD_LABELS,
      // The load balancer keeps the clients' addresses.
      from: [
        { peer: { cidr: ANYBODY }, port: HTTPS_PORT },
        { peer: { cidr: ANYBODY }, port: HEALTH_PORT },
        { peer: { namespace: PROMETHEUS.namespace, labels: PROMETHEUS.labels }, port: METRICS_PORT },
      ],
      to: [
        ...TO_DNS,
        ...props.apiServer.map((cidr): Way => ({ peer: { cidr }, port: HTTPS_PORT })),
        { peer: { namespace: props.namespace }, port: props.backendPort },
      ],
      dependsOn: [namespace.resource],
    });

    this.resource = new ChartRelease(this, "Release", {
      chart: "nginxIngress",
      values: nginxValues(props),
      dependsOn: [policy.resource, ...(props.dependsOn ?? [])],
    }).resource;
  }
}
