import { Construct } from "constructs";
import type { MonitoringConfig } from "../config/infrastructure";
import { MONITORING_RULES } from "../config/infrastructure";
import { isMonitoringOptions, type MonitoringOptions } from "../config/monitoring";
import type { Side } from "../config/side";
import { checkProps, isTrueOrFalse, oneOf, optional, type Rules, text } from "../core/rules";
import { isVolumeTags } from "../kubernetes/gp3-storage-class";
import { nginxServers } from "../monitoring/certificate-probes";
import { Ground } from "../monitoring/ground";
import { INGEST_PORTS } from "../monitoring/ingest-ports";
import { logShipperSecrets } from "../monitoring/logs/log-shipper";
import { addLogShipper, loggingNamespace } from "../monitoring/logs/log-stack";
import { addMetricsStack } from "../monitoring/metrics-stack";
import { MonitoringSecrets } from "../monitoring/monitoring-secrets";
import { type KeyArns, keysFor } from "../security/encryption-keys";
import { isMonitoredCluster, type MonitoredCluster } from "./monitored-cluster";

export interface MonitoringCollectorsProps extends Pick<MonitoringConfig, "prometheus" | "elasticStack"> {
  /** What every series and line says of where it is from. */
  readonly environment: string;
  readonly side: Side;
  readonly cluster: MonitoredCluster;
  /** Where the other cluster takes what is collected here. */
  readonly host: string;
  /** Those of the whole of monitoring: replicas here are as many as there. @default - its defaults */
  readonly options?: MonitoringOptions;
  /** Keys of the volumes and of the secrets. */
  readonly keys: Pick<KeyArns, "volumes" | "secrets">;
  /** Tags of the volumes, which the AWS provider's default tags do not reach. @default - those of the driver alone */
  readonly tags?: Readonly<Record<string, string>>;
  /** Whether Terraform refuses to destroy what holds volumes, and they outlive their claims. @default true */
  readonly deletionProtection?: boolean;
}

const RULES: Rules<MonitoringCollectorsProps> = {
  prometheus: MONITORING_RULES.prometheus,
  elasticStack: MONITORING_RULES.elasticStack,
  environment: text("an environment's name", /\S/),
  side: oneOf(["write", "read"]),
  cluster: isMonitoredCluster,
  host: text("a host's name", /\S/),
  options: optional(isMonitoringOptions),
  keys: keysFor("volumes", "secrets"),
  tags: optional(isVolumeTags),
  deletionProtection: optional(isTrueOrFalse),
};

/** What collects metrics and logs in a cluster, for the monitoring that runs in another one. */
export class MonitoringCollectors extends Construct {
  /** Namespaces of what is on. */
  readonly namespaces: readonly string[] = [];

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: MonitoringCollectorsProps) {
    super(scope, id);
    checkProps(this, props, RULES);
    const { prometheus, elasticStack, environment, side, cluster, host, keys, options = {} } = props;
    const certificateAuthority = elasticStack && cluster.services ? options.logs?.certificateAuthority : undefined;
    if (!prometheus && certificateAuthority === undefined) return;

    const { tags, deletionProtection = true } = props;
    const ground = new Ground(this, { keys, tags, deletionProtection });
    if (prometheus) {
      addMetricsStack(this, ground, {
        environment,
        side,
        prometheus: options.prometheus ?? {},
        writesTo: host,
        servers: nginxServers(cluster.hosts),
        dependsOn: [],
      });
    }
    if (certificateAuthority !== undefined) {
      const { name, region } = cluster;
      const secrets = new MonitoringSecrets(this, "Secrets", {
        ...{ name, region, keys },
        secrets: logShipperSecrets(environment, certificateAuthority),
        dependsOn: [loggingNamespace(ground)],
      });
      addLogShipper(this, ground, {
        ...{ environment, side, host, port: INGEST_PORTS.elasticsearch.listener },
        dependsOn: [secrets.resource],
      });
    }
    this.namespaces = ground.namespaces;
  }
}
