/** Namespaces that more than one part of the platform knows. */
export const NAMESPACES = {
  /** Command API and command processors. */
  commands: "commands",
  /** Query API and projections. */
  queries: "queries",
  /** What Kubernetes itself runs, and what all of a cluster needs. */
  system: "kube-system",
  /** NGINX. */
  ingress: "ingress",
  /** Prometheus, which reads the metrics of all. */
  monitoring: "monitoring",
  /** What exports, verifies and restores. */
  recovery: "recovery",
} as const;
