/**
 * Where the other cluster brings metrics and logs: ports of the load balancer, and of each node behind it, in the band
 * that Kubernetes keeps for those who name one (30000 to 30085). Prometheus' are the first replica's, others follow; in
 * each replica's pod they lead to a container of its own, never to Prometheus itself.
 */
export const INGEST_PORTS = {
  prometheus: { listener: 9443, node: 30_050, container: 9443 },
  elasticsearch: { listener: 9200, node: 30_060 },
} as const;
