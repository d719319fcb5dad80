import type { Construct } from "constructs";
import type { MonitoringCollectorsProps } from "../lib/infrastructure/monitoring-collectors";
import { accessCluster } from "../lib/kubernetes/cluster-access";
import type { ClusterAttributes } from "../lib/kubernetes/cluster-attributes";
import { PlatformStack, type PlatformStackProps } from "./platform-stack";

export interface WriteMonitoringStackProps extends PlatformStackProps {
  /** @default - nothing is collected */
  readonly collectors?: Omit<MonitoringCollectorsProps, "environment" | "side" | "deletionProtection">;
  /** The write side's cluster. */
  readonly cluster: ClusterAttributes;
}

/** What collects the write side's metrics and logs, in its cluster, for the monitoring in the other one. */
export class WriteMonitoringStack extends PlatformStack {
  constructor(scope: Construct, props: WriteMonitoringStackProps) {
    super(scope, "write-monitoring", props);
    const { environment, region, collectors, cluster, deletionProtection } = props;

    // Whether or not anything is on: to take away what was on, Terraform must still know where it was.
    accessCluster(this, { cluster, region });
    if (collectors === undefined) return;
    // Loaded here for the same reason as `Monitoring` in `MonitoringStack`.
    const { MonitoringCollectors } =
      require("../lib/infrastructure/monitoring-collectors") as typeof import("../lib/infrastructure/monitoring-collectors");
    const { namespaces } = new MonitoringCollectors(this, "Collectors", {
      ...collectors,
      environment,
      side: "write",
      deletionProtection,
    });
    if (namespaces.length > 0) this.output("namespaces", "Namespaces of what is on", namespaces);
  }
}
