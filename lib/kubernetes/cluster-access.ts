import { HelmProvider } from "@cdktf/provider-helm/lib/provider";
import { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
import { Fn } from "cdktf";
import type { Construct } from "constructs";
import type { ClusterAttributes } from "./cluster-attributes";

export interface ClusterAccessProps {
  /** A cluster that is deployed already: providers are configured before anything of their own stack is made. */
  readonly cluster: Pick<ClusterAttributes, "clusterName" | "endpoint" | "certificateAuthorityData">;
  readonly region: string;
}

/**
 * Makes one cluster the one that a stack's Kubernetes resources and Helm releases go to. Whoever deploys needs the
 * `aws` command: it gives a fresh token at each use, where a data source would leave one in the state.
 */
export function accessCluster(stack: Construct, { cluster, region }: ClusterAccessProps): void {
  const { clusterName, endpoint, certificateAuthorityData } = cluster;
  const host = endpoint;
  const clusterCaCertificate = Fn.base64decode(certificateAuthorityData);
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1beta1",
    command: "aws",
    args: ["eks", "get-token", "--cluster-name", clusterName, "--region", region, "--output", "json"],
  };
  new KubernetesProvider(stack, "Kubernetes", { host, clusterCaCertificate, exec: [exec] });
  new HelmProvider(stack, "Helm", { kubernetes: { host, clusterCaCertificate, exec } });
}
