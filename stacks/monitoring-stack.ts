import type { Construct } from "constructs";
import type { MonitoringServiceName } from "../lib/infrastructure/monitoring";
import type { MonitoringProps } from "../lib/infrastructure/monitoring-props";
import { accessCluster } from "../lib/kubernetes/cluster-access";
import type { ClusterAttributes } from "../lib/kubernetes/cluster-attributes";
import { PlatformStack, type PlatformStackProps } from "./platform-stack";

export interface MonitoringStackProps extends PlatformStackProps {
  readonly monitoring: Omit<MonitoringProps, "environment" | "deletionProtection">;
  /** The cluster that it runs in: the read side's, which has the room. */
  readonly cluster: ClusterAttributes;
}

const DESCRIPTIONS: Readonly<Record<MonitoringServiceName, string>> = {
  prometheus: "Prometheus' Service in the cluster, HTTP",
  alertmanager: "Alertmanager's Service in the cluster, HTTP",
  grafana:
    "Grafana's Service in the cluster, HTTP; its administrator is in the secret <environment>/monitoring/grafana",
  elasticsearch:
    "Elasticsearch's Service in the cluster, HTTPS; its user 'elastic' is in the Secret elasticsearch-es-elastic-user",
  kibana: "Kibana's Service in the cluster, HTTPS",
};

/** Metrics, dashboards and logs of the platform. */
export class MonitoringStack extends PlatformStack {
  /** Where the other cluster brings what it has collected, if it does. */
  readonly ingestHost?: string;

  constructor(scope: Construct, props: MonitoringStackProps) {
    super(scope, "monitoring", props);
    const { environment, region, monitoring, cluster, deletionProtection } = props;

    // Whether or not anything is on: to take away what was on, Terraform must still know where it was.
    accessCluster(this, { cluster, region });
    if (!monitoring.prometheus && !monitoring.grafana && !monitoring.elasticStack) return;
    // Loaded here, because the 70 modules of monitoring are of no use to an environment without it.
    const { Monitoring } =
      require("../lib/infrastructure/monitoring") as typeof import("../lib/infrastructure/monitoring");
    const { services, namespaces, ingestHost } = new Monitoring(this, "Monitoring", {
      ...monitoring,
      environment,
      deletionProtection,
    });
    this.ingestHost = ingestHost;
    if (namespaces.length > 0) this.output("namespaces", "Namespaces of what is on", namespaces);
    for (const [name, description] of Object.entries(DESCRIPTIONS)) {
      const service = services[name as MonitoringServiceName];
      if (service !== undefined) this.output(`${name}_service`, description, service);
    }
    if (ingestHost !== undefined)
      this.output("ingest_host", "Where another cluster brings metrics and logs", ingestHost);
  }
}
