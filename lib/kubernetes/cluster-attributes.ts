/** What others need of a Kubernetes cluster: ours, or one that stands already. */
export interface ClusterAttributes {
  readonly clusterName: string;
  /** HTTPS address of the API. */
  readonly endpoint: string;
  /** The API's certificate authority, base64. */
  readonly certificateAuthorityData: string;
  /** The group that nodes and control plane share: whom stores let in. */
  readonly securityGroupId: string;
}
