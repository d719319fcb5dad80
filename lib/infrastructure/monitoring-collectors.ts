import { Annotations } from "cdktf";
import { Construct } from "constructs";
import type { MonitoringConfig } from "../config/infrastructure";
import { MONITORING_RULES } from "../config/infrastructure";
import { isMonitoringOptions, type MonitoringOptions } from "../config/monitoring";
import { BOTH_SIDES, type Side } from "../config/side";
import { checkProps, isTrueOrFalse, oneOf, optional, type Rules, text } from "../core/rules";
import { type ClusterRanges, isClusterRanges, PRIVATE_RANGES } from "../kubernetes/cluster-ranges";
import { nginxServers } from "../monitoring/certificate-probes";
import { Ground, metricsNamespace } from "../monitoring/ground";
import { INGEST_PORTS } from "../monitoring/ingest-ports";
import { logShipperSecrets } from "../monitoring/logs/log-shipper";
import { addLogShipper, loggingNamespace } from "../monitoring/logs/log-stack";
import { addMetricsStack, replicasOf } from "../monitoring/metrics-stack";
import { MonitoringSecrets } from "../monitoring/monitoring-secrets";
import { monitoringPolicies } from "../monitoring/network-paths";
import type { MonitoringPart } from "../monitoring/pods";
import { remoteWriteListeners, senderSecrets } from "../monitoring/remote-write";
import { type KeyArns, keysFor } from "../security/encryption-keys";
import { isMonitoredCluster, type MonitoredCluster } from "./monitored-cluster";

export interface MonitoringCollectorsProps extends Pick<MonitoringConfig, "prometheus" | "elasticStack"> {
  /** What every series and line says of where it is from. */
  readonly environment: string;
  readonly side: Side;
  readonly cluster: MonitoredCluster;
  /** Where the other cluster takes what is collected here. @default - it takes nothing */
  readonly host?: string;
  /** Those of the whole of monitoring: replicas here are as many as there. @default - its defaults */
  readonly options?: MonitoringOptions;
  /** Keys of the volumes and of the secrets. */
  readonly keys: Pick<KeyArns, "volumes" | "secrets">;
  /** Addresses that the pods' network policies name. @default - all private ones */
  readonly ranges?: ClusterRanges;
  /** Whether Terraform refuses to destroy what holds volumes, and they outlive their claims. @default true */
  readonly deletionProtection?: boolean;
}

const RULES: Rules<MonitoringCollectorsProps> = {
  prometheus: MONITORING_RULES.prometheus,
  elasticStack: MONITORING_RULES.elasticStack,
  environment: text("an environment's name", /\S/),
  side: oneOf(BOTH_SIDES),
  cluster: isMonitoredCluster,
  host: optional(text("a host's name", /\S/)),
  options: optional(isMonitoringOptions),
  keys: keysFor("volumes", "secrets"),
  ranges: optional(isClusterRanges),
  deletionProtection: optional(isTrueOrFalse),
};

const NOT_BROUGHT =
  "monitoring.remoteWrite is missing, so the read side gets no metrics of this cluster, and no alert watches it: see docs/network.md";

/** What collects metrics and logs in a cluster, for the monitoring that runs in another one. */
export class MonitoringCollectors extends Construct {
  /** Namespaces of what is on. */
  readonly namespaces: readonly string[] = [];

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: MonitoringCollectorsProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const { prometheus, elasticStack, environment, side, cluster, host, keys, ranges = PRIVATE_RANGES } = props;
    const { deletionProtection = true, options = {} } = props;
    // What is brought needs a secret, and so External Secrets.
    const to = cluster.services ? host : undefined;
    const remoteWrite = prometheus && to !== undefined && options.remoteWrite && { ...options.remoteWrite, to };
    const certificateAuthority = elasticStack && to !== undefined ? options.logs?.certificateAuthority : undefined;
    const logs = to !== undefined && certificateAuthority !== undefined && { certificateAuthority, host: to };
    if (!prometheus && !logs) return;
    if (prometheus && cluster.services && !remoteWrite) Annotations.of(this).addWarning(NOT_BROUGHT);

    const parts: Readonly<Partial<Record<MonitoringPart, boolean>>> = {
      prometheus,
      certificateProbes: prometheus && cluster.hosts.length > 0,
      logShipper: logs !== false,
    };
    const ground = new Ground(this, {
      ...{ keys, deletionProtection },
      policies: monitoringPolicies({
        ...{ side, ranges, parts },
        brings: {
          ...(remoteWrite && { prometheus: remoteWriteListeners(replicasOf(options.prometheus)) }),
          logShipper: [INGEST_PORTS.elasticsearch.listener],
        },
      }),
    });
    const dependsOn =
      remoteWrite || logs
        ? [
            new MonitoringSecrets(this, "Secrets", {
              ...{ name: cluster.name, region: cluster.region, keys },
              secrets: [
                ...(remoteWrite ? senderSecrets(environment, remoteWrite) : []),
                ...(logs ? logShipperSecrets(environment, logs.certificateAuthority) : []),
              ],
              dependsOn: [
                ...(remoteWrite ? [metricsNamespace(ground)] : []),
                ...(logs ? [loggingNamespace(ground)] : []),
              ],
            }).resource,
          ]
        : [];
    if (prometheus) {
      addMetricsStack(this, ground, {
        ...{ environment, side, dependsOn },
        prometheus: options.prometheus ?? {},
        remoteWrite: remoteWrite || undefined,
        servers: nginxServers(cluster.hosts),
      });
    }
    if (logs) {
      const { listener: port } = INGEST_PORTS.elasticsearch;
      addLogShipper(this, ground, { environment, side, host: logs.host, port, dependsOn });
    }
    this.namespaces = ground.namespaces;
  }
}
