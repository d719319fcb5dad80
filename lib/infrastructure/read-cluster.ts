import { Construct } from "constructs";
import { KubernetesCluster } from "../kubernetes/kubernetes-cluster";
import { type ClusterProps, kubernetesClusterProps } from "./cluster-props";

/** Where queries are answered and events become read models: the query API and the projections. */
export class ReadCluster extends Construct {
  readonly cluster: KubernetesCluster;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: ClusterProps) {
    super(scope, id);
    this.cluster = new KubernetesCluster(this, "Cluster", kubernetesClusterProps(this, "read", props));
  }
}
