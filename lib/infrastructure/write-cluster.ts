import { Construct } from "constructs";
import { KubernetesCluster } from "../kubernetes/kubernetes-cluster";
import { type ClusterProps, kubernetesClusterProps } from "./cluster-props";

/** Where commands are handled: the command API and the command processors. */
export class WriteCluster extends Construct {
  readonly cluster: KubernetesCluster;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: ClusterProps) {
    super(scope, id);
    this.cluster = new KubernetesCluster(this, "Cluster", kubernetesClusterProps(this, "write", props));
  }
}
