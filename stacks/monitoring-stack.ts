import type { Construct } from "constructs";
import type { MonitoringConfig } from "../lib/config/infrastructure";
import { Monitoring, type MonitoringServiceName } from "../lib/infrastructure/monitoring";
import { accessCluster } from "../lib/kubernetes/cluster-access";
import type { ClusterAttributes } from "../lib/kubernetes/cluster-attributes";
import type { KeyArns } from "../lib/security/encryption-keys";
import { PlatformStack, type PlatformStackProps } from "./platform-stack";

export interface MonitoringStackProps extends PlatformStackProps {
  readonly monitoring: MonitoringConfig;
  /** The cluster that it runs in: the read side's, which has the room. */
  readonly cluster: ClusterAttributes;
  readonly keys: KeyArns;
}

const DESCRIPTIONS: Readonly<Record<MonitoringServiceName, string>> = {
  prometheus: "Prometheus' Service in the cluster, HTTP",
  alertmanager: "Alertmanager's Service in the cluster, HTTP",
  grafana: "Grafana's Service in the cluster, HTTP; the Secret of its name has the administrator's password",
  elasticsearch:
    "Elasticsearch's Service in the cluster, HTTPS; its user 'elastic' is in the Secret elasticsearch-es-elastic-user",
  kibana: "Kibana's Service in the cluster, HTTPS",
};

/** Metrics, dashboards and logs of the platform. */
export class MonitoringStack extends PlatformStack {
  constructor(scope: Construct, props: MonitoringStackProps) {
    super(scope, "monitoring", props);
    const { environment, region, monitoring, cluster, keys, deletionProtection } = props;

    // Whether or not anything is on: to take away what was on, Terraform must still know where it was.
    accessCluster(this, { cluster, region });
    const { services, namespaces } = new Monitoring(this, "Monitoring", {
      ...monitoring,
      keys,
      labels: { environment, side: "read" },
      tags: this.tags,
      deletionProtection,
    });
    if (namespaces.length > 0) this.output("namespaces", "Namespaces of what is on", namespaces);
    for (const [name, description] of Object.entries(DESCRIPTIONS)) {
      const service = services[name as MonitoringServiceName];
      if (service !== undefined) this.output(`${name}_service`, description, service);
    }
  }
}
