import type { AlertingConfig } from "../config/alerting";
import type { SingleSignOn } from "../config/grafana";
import type { Side } from "../config/side";
import type { Cidr } from "../core/cidr";
import { EXTERNAL_SECRETS_PODS } from "../kubernetes/addons/external-secrets";
import { KEDA_OPERATOR, KEDA_PODS } from "../kubernetes/addons/keda";
import type { ClusterRanges } from "../kubernetes/cluster-ranges";
import {
  ANY_IPV4,
  fromApiServer,
  type NetworkPath,
  type Pods,
  PROMETHEUS,
  policiesOf,
  toApiServer,
  toAws,
  toPodIdentity,
} from "../kubernetes/network-paths";
import type { PodPolicy } from "../kubernetes/network-policy";
import { receiverPorts, urlPort } from "./alert-receivers";
import { INGEST_PORTS } from "./ingest-ports";
import { monitoredPods } from "./monitors";
import {
  ADMISSION_JOBS,
  ALERTMANAGER,
  BLACKBOX_EXPORTER,
  CLOUDWATCH_EXPORTER,
  CLUSTER_AUTOSCALER,
  CLUSTER_DNS,
  ELASTIC_OPERATOR,
  ELASTICSEARCH,
  GRAFANA,
  KIBANA,
  KUBE_STATE_METRICS,
  LOG_LIFECYCLE,
  LOG_SHIPPER,
  METRICS_SERVER,
  MONITORING_PODS,
  type MonitoringPart,
  NGINX,
  PORTS,
  PROMETHEUS_OPERATOR,
} from "./pods";

/** What monitoring in one cluster speaks to beyond its own pods. */
export interface MonitoringPathsProps {
  readonly side: Side;
  readonly ranges: ClusterRanges;
  /** What runs there. */
  readonly parts: Readonly<Partial<Record<MonitoringPart, boolean>>>;
  /** Listeners of the load balancer to which Prometheus or the log shipper bring what they have. @default - none */
  readonly brings?: { readonly prometheus?: readonly number[]; readonly logShipper?: readonly number[] };
  /** What another cluster brings here, by that load balancer and the nodes' ports. @default - nothing */
  readonly takes?: { readonly metrics: boolean; readonly logs: boolean };
  /** Where the event store's nodes are, if they are asked for their metrics. */
  readonly eventStore?: { readonly ranges: readonly Cidr[]; readonly port: number };
  readonly alerting?: AlertingConfig;
  readonly singleSignOn?: SingleSignOn;
}

/** Policies of what runs, by namespace. */
export function monitoringPolicies(props: MonitoringPathsProps): Readonly<Record<string, readonly PodPolicy[]>> {
  const paths = monitoringPaths(props);
  const pods: readonly Pods[] = Object.entries(MONITORING_PODS).flatMap(([part, pods]) =>
    props.parts[part as MonitoringPart] ? pods : [],
  );
  const namespaces = [...new Set(pods.map(({ namespace }) => namespace))];
  return Object.fromEntries(
    namespaces.map((name) => {
      const inNamespace = pods.filter(({ namespace }) => namespace === name);
      return [name, policiesOf(inNamespace, paths)];
    }),
  );
}

/** Every path of monitoring. Where one end of it does not run, nothing comes of it. */
const monitoringPaths = (props: MonitoringPathsProps): readonly NetworkPath[] => [
  ...scrapes(props),
  ...queries(props),
  ...operations(props),
  ...notifications(props),
  ...betweenClusters(props),
];

/** Whom Prometheus asks for metrics. */
function scrapes({ side, ranges, eventStore }: MonitoringPathsProps): readonly NetworkPath[] {
  const scrape = (to: NetworkPath["to"], ...ports: number[]): NetworkPath => ({ from: [PROMETHEUS], to, ports });
  return [
    scrape([PROMETHEUS], PORTS.prometheus, PORTS.reloader),
    scrape([ALERTMANAGER], PORTS.alertmanager, PORTS.reloader),
    scrape([GRAFANA], PORTS.grafana),
    scrape([PROMETHEUS_OPERATOR], PORTS.prometheusOperator),
    scrape([KUBE_STATE_METRICS], PORTS.kubeStateMetrics),
    scrape([BLACKBOX_EXPORTER], PORTS.blackboxExporter),
    scrape([CLOUDWATCH_EXPORTER], PORTS.cloudWatchExporter),
    scrape(ranges.nodes, PORTS.kubelet, PORTS.nodeExporter),
    scrape([CLUSTER_DNS], PORTS.clusterDns),
    ...monitoredPods(side).map(([pods, port]) => scrape([pods], port)),
    ...(eventStore === undefined ? [] : [scrape(eventStore.ranges, eventStore.port)]),
    // Only where the add-ons have monitors.
    scrape([METRICS_SERVER], PORTS.metricsServer),
    scrape([CLUSTER_AUTOSCALER], PORTS.clusterAutoscaler),
    scrape([...EXTERNAL_SECRETS_PODS, ...KEDA_PODS], PORTS.addonMetrics),
    { from: [BLACKBOX_EXPORTER], to: [NGINX], ports: [PORTS.nginx] },
  ];
}

/** Who reads what is kept. */
const queries = ({ parts }: MonitoringPathsProps): readonly NetworkPath[] => [
  { from: [GRAFANA, KEDA_OPERATOR], to: [PROMETHEUS], ports: [PORTS.prometheus] },
  { from: [GRAFANA], to: [ALERTMANAGER], ports: [PORTS.alertmanager] },
  // A node of Elasticsearch that is to stop tells the others, by their Service.
  { from: [ELASTICSEARCH, ELASTIC_OPERATOR, KIBANA], to: [ELASTICSEARCH], ports: [PORTS.elasticsearch] },
  ...(parts.logShipper
    ? [{ from: [LOG_SHIPPER, LOG_LIFECYCLE, GRAFANA], to: [ELASTICSEARCH], ports: [PORTS.elasticsearch] }]
    : []),
];

/** What runs the rest: the cluster's API, operators, replicas among themselves, AWS. */
const operations = ({ ranges, parts }: MonitoringPathsProps): readonly NetworkPath[] => [
  toApiServer(
    [PROMETHEUS, PROMETHEUS_OPERATOR, ADMISSION_JOBS, KUBE_STATE_METRICS, GRAFANA, ELASTIC_OPERATOR, LOG_SHIPPER],
    ranges,
  ),
  fromApiServer([PROMETHEUS_OPERATOR], PORTS.prometheusOperator, ranges),
  fromApiServer([ELASTIC_OPERATOR], PORTS.elasticOperator, ranges),
  ...(["TCP", "UDP"] as const).map((protocol) => ({
    ...{ from: [ALERTMANAGER], to: [ALERTMANAGER], ports: [PORTS.gossip], protocol },
  })),
  { from: [ELASTICSEARCH], to: [ELASTICSEARCH], ports: [PORTS.transport] },
  toPodIdentity([CLOUDWATCH_EXPORTER]),
  // CloudWatch has no endpoint in the network.
  toAws([CLOUDWATCH_EXPORTER], [ANY_IPV4]),
  // Snapshots: S3's endpoint is a route, its addresses are the internet's.
  ...(parts.logLifecycle ? [toAws([ELASTICSEARCH], [ANY_IPV4])] : []),
];

/** Who outside is told, or asked who somebody is. */
const notifications = ({ alerting, singleSignOn: sso }: MonitoringPathsProps): readonly NetworkPath[] => [
  { from: [ALERTMANAGER], to: [ANY_IPV4], ports: receiverPorts(alerting) },
  ...(sso === undefined
    ? []
    : [{ from: [GRAFANA], to: [ANY_IPV4], ports: [...new Set([sso.tokenUrl, sso.apiUrl].map(urlPort))] }]),
];

/** By the load balancer within the network: packets come to the pods from the nodes' addresses. */
const betweenClusters = ({ ranges: { nodes }, brings, takes }: MonitoringPathsProps): readonly NetworkPath[] => [
  { from: [PROMETHEUS], to: nodes, ports: brings?.prometheus ?? [] },
  { from: [LOG_SHIPPER], to: nodes, ports: brings?.logShipper ?? [] },
  ...(takes?.metrics ? [{ from: nodes, to: [PROMETHEUS], ports: [INGEST_PORTS.prometheus.container] }] : []),
  ...(takes?.logs ? [{ from: nodes, to: [ELASTICSEARCH], ports: [PORTS.elasticsearch] }] : []),
];
