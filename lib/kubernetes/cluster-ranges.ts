import { type Cidr, isRange } from "../core/cidr";
import { listOf, type Rule, shape } from "../core/rules";

/** A cluster's addresses, as network policies name them. */
export interface ClusterRanges {
  /**
   * The private subnets: nodes, pods, the interfaces by which the control plane reaches them, internal load balancers and
   * AWS's endpoints. A policy can't tell these from each other.
   */
  readonly nodes: readonly Cidr[];
  /** Virtual addresses of Services, of which the API server's is one. */
  readonly services: Cidr;
}

/** RFC 1918: for a cluster whose ranges nobody named. EKS takes its services' range from there, too. */
export const PRIVATE_RANGES: ClusterRanges = {
  nodes: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
  services: "172.16.0.0/12",
};

export const isClusterRanges: Rule = shape<ClusterRanges>({
  nodes: listOf(isRange("10.0.0.0/19")),
  services: isRange("172.20.0.0/16"),
});
