import type { CpuScaling, QueueScaling } from "../config/autoscaling";
import type { Manifest } from "../kubernetes/manifest-release";

/** A Deployment, and between which numbers of instances it is scaled. */
export interface Scaled {
  /** Name of the Deployment, and of what scales it. */
  readonly name: string;
  readonly minInstances: number;
  readonly maxInstances: number;
}

/** Nothing is taken away before it was too much for so long: the next burst is likelier than the saving. */
const SCALE_DOWN_SECONDS = 300;
/**
 * Then one pod at a time, each time that the autoscaler looks: of pods that it deletes together, a ReplicaSet takes all
 * from the fullest node, and leaves a zone without one.
 */
const SCALE_DOWN_POLICY = { type: "Pods", value: 1, periodSeconds: 15 };
const BEHAVIOR = {
  scaleDown: { stabilizationWindowSeconds: SCALE_DOWN_SECONDS, policies: [SCALE_DOWN_POLICY] },
};
/** Queries without an answer, one each 30 seconds, until the count stays as it is. */
const FAILURES = 3;

const targetOf = (name: string) => ({ apiVersion: "apps/v1", kind: "Deployment", name });

/** Scales by CPU. If the two numbers are the same, it keeps that number. */
export const scaledByCpu = ({ name, minInstances, maxInstances }: Scaled, { cpuPercent }: CpuScaling): Manifest => ({
  apiVersion: "autoscaling/v2",
  kind: "HorizontalPodAutoscaler",
  metadata: { name },
  spec: {
    scaleTargetRef: targetOf(name),
    minReplicas: minInstances,
    maxReplicas: maxInstances,
    metrics: [
      {
        type: "Resource",
        resource: { name: "cpu", target: { type: "Utilization", averageUtilization: cpuPercent } },
      },
    ],
    behavior: BEHAVIOR,
  },
});

/** Scales by a query to Prometheus, whose address is given. It is KEDA's, which takes what it is told of a trigger as texts. */
export const scaledByQuery = (
  { name, minInstances, maxInstances }: Scaled,
  { query, perInstance }: QueueScaling,
  serverAddress: string,
): Manifest => ({
  apiVersion: "keda.sh/v1alpha1",
  kind: "ScaledObject",
  metadata: { name },
  spec: {
    scaleTargetRef: targetOf(name),
    minReplicaCount: minInstances,
    maxReplicaCount: maxInstances,
    // Without an answer it would count as nothing waiting.
    fallback: { failureThreshold: FAILURES, replicas: minInstances, behavior: "currentReplicasIfHigher" },
    advanced: { horizontalPodAutoscalerConfig: { behavior: BEHAVIOR } },
    triggers: [
      {
        type: "prometheus",
        metricType: "AverageValue",
        metadata: { serverAddress, query, threshold: `${perInstance}`, ignoreNullValues: "false" },
      },
    ],
  },
});
