import type { App } from "cdktf";
import type { Environment } from "../lib/config/environment";
import type { Side } from "../lib/config/side";
import type { ClusterStack } from "./cluster-stack";
import { MonitoringStack } from "./monitoring-stack";
import type { PlatformStack, PlatformStackProps } from "./platform-stack";
import { type Foundations, rangesOf } from "./service-stacks";
import { WriteMonitoringStack } from "./write-monitoring-stack";

/**
 * Monitoring in the read side's cluster, which has the room, and what collects for it in the other. Both come after the
 * services, with which External Secrets came.
 */
export function addMonitoring(
  app: App,
  common: PlatformStackProps,
  environment: Environment,
  on: Foundations,
  services: readonly PlatformStack[],
): void {
  const { infrastructure, monitoring: options, accessLogs } = environment;
  const { keys, network, write, read, events } = on;
  const { prometheus, elasticStack } = infrastructure.monitoring;
  const ranges = rangesOf(environment, network);
  const hosts = { write: environment.services?.commandApi.host, read: environment.services?.queryApi.host };
  const clusterOf = (side: Side) => ({
    name: `${common.environment}-${side}`,
    clusterName: on[side].cluster.controlPlane.clusterName,
    region: common.region,
    services: environment.services !== undefined,
    issuer: on[side].cluster.controlPlane.issuer,
    hosts: [hosts[side]].filter((host) => host !== undefined),
  });

  const centre = new MonitoringStack(app, {
    ...common,
    cluster: read.cluster.controlPlane,
    monitoring: {
      ...infrastructure.monitoring,
      options,
      accessLogs,
      keys,
      cluster: clusterOf("read"),
      ingest: { network, nodes: nodesOf(read), clients: { WriteCluster: write.cluster.controlPlane.securityGroupId } },
      eventStore: {
        dnsName: events.eventStore.dnsName,
        port: events.eventStore.port,
        cidr: events.eventStore.cidr,
      },
      ranges,
      backups: environment.recovery?.jobs && infrastructure.eventStore.backup.frequency,
    },
  });
  const { ingestHost } = centre;
  const collectors = new WriteMonitoringStack(app, {
    ...common,
    cluster: write.cluster.controlPlane,
    collectors:
      prometheus || elasticStack
        ? { prometheus, elasticStack, options, keys, ranges, cluster: clusterOf("write"), host: ingestHost }
        : undefined,
  });
  for (const each of services) centre.addDependency(each);
  collectors.addDependency(centre);
}

const nodesOf = ({ cluster }: ClusterStack) => ({
  securityGroupId: cluster.controlPlane.securityGroupId,
  autoscalingGroupNames: cluster.nodeGroup.autoscalingGroupNames,
});
