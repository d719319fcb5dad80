import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { NAMESPACES } from "../kubernetes/namespaces";
import type { IngestPort } from "./ingest-load-balancer";
import { INGEST_PORTS } from "./ingest-ports";
import { PROMETHEUS_STACK_SERVICES } from "./prometheus-stack";

export interface PrometheusReplicasProps {
  readonly replicas: number;
  /** What must stand before it: the namespace. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/**
 * A Service for each replica of Prometheus, at a fixed port of every node, which leads to the container that takes
 * metrics: whoever brings to one must know which. The chart could make them too, but all with one port.
 */
export class PrometheusReplicas extends Construct {
  /** By names that are part of addresses. */
  readonly ports: Readonly<Record<string, IngestPort>>;

  constructor(scope: Construct, id: string, { replicas, dependsOn }: PrometheusReplicasProps) {
    super(scope, id);
    const { name } = PROMETHEUS_STACK_SERVICES.prometheus;
    const { container: port } = INGEST_PORTS.prometheus;
    const ports = Array.from({ length: replicas }, (_, index): [string, IngestPort] => [
      `Prometheus${index}`,
      { listener: INGEST_PORTS.prometheus.listener + index, node: INGEST_PORTS.prometheus.node + index },
    ]);
    ports.forEach(([who, { node }], index) => {
      new ServiceV1(this, who, {
        metadata: { name: `${name}-ingest-${index}`, namespace: NAMESPACES.monitoring },
        spec: {
          type: "NodePort",
          selector: { "statefulset.kubernetes.io/pod-name": `prometheus-${name}-${index}` },
          port: [{ name: "https", port, targetPort: `${port}`, nodePort: node }],
        },
        waitForLoadBalancer: false,
        dependsOn: [...dependsOn],
      });
    });
    this.ports = Object.fromEntries(ports);
  }
}
