import type { Construct } from "constructs";
import type { Side } from "../lib/config/side";
import { NetworkLoadBalancer, type NetworkLoadBalancerProps } from "../lib/edge/network-load-balancer";
import type { ClusterProps } from "../lib/infrastructure/cluster-props";
import { ReadCluster } from "../lib/infrastructure/read-cluster";
import { WriteCluster } from "../lib/infrastructure/write-cluster";
import type { KubernetesCluster } from "../lib/kubernetes/kubernetes-cluster";
import { PlatformStack, type PlatformStackProps } from "./platform-stack";

export interface ClusterStackProps extends PlatformStackProps {
  readonly cluster: Omit<ClusterProps, "name" | "tags" | "deletionProtection">;
  /** The network that a load balancer for the services stands in, and who may reach it. @default - no load balancer */
  readonly loadBalancer?: Pick<NetworkLoadBalancerProps, "network" | "clients">;
}

const CLUSTERS = {
  write: { Cluster: WriteCluster, id: "WriteCluster" },
  read: { Cluster: ReadCluster, id: "ReadCluster" },
} as const;

/** One side's Kubernetes cluster. What runs on it comes in stacks of its own: their providers need the cluster deployed. */
export class ClusterStack extends PlatformStack {
  readonly cluster: KubernetesCluster;
  readonly loadBalancer?: NetworkLoadBalancer;

  constructor(scope: Construct, side: Side, props: ClusterStackProps) {
    super(scope, `${side}-cluster`, props);
    const { Cluster, id } = CLUSTERS[side];
    this.cluster = new Cluster(this, id, {
      ...props.cluster,
      name: `${props.environment}-${side}`,
      tags: this.tags,
      deletionProtection: props.deletionProtection,
    }).cluster;
    const { controlPlane, nodeGroup } = this.cluster;
    this.output("cluster_name", "The EKS cluster", controlPlane.clusterName);
    this.output("endpoint", "Address of its API", controlPlane.endpoint);
    this.output(
      "certificate_authority_data",
      "Certificate authority of its API, base64",
      controlPlane.certificateAuthorityData,
    );
    this.output("security_group_id", "Group of its nodes, whom the stores let in", controlPlane.securityGroupId);
    this.output("autoscaling_group_names", "Scaling groups of its nodes, by zone", nodeGroup.autoscalingGroupNames);
    if (props.loadBalancer === undefined) return;

    this.loadBalancer = new NetworkLoadBalancer(this, "LoadBalancer", {
      ...props.loadBalancer,
      name: `${props.environment}-${side}`,
      nodes: {
        securityGroupId: controlPlane.securityGroupId,
        autoscalingGroupNames: nodeGroup.autoscalingGroupNames,
      },
      deletionProtection: props.deletionProtection,
    });
    this.output("load_balancer_dns_name", "Where the API's host must lead", this.loadBalancer.dnsName);
    this.output("load_balancer_zone_id", "Zone of that name, for an alias record", this.loadBalancer.hostedZoneId);
  }
}
