import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Autoscaling, CpuScaling, QueueScaling } from "../config/services";
import { KubernetesResource } from "../kubernetes/kubernetes-resource";
import { type Manifest, ManifestRelease } from "../kubernetes/manifest-release";

export interface AutoscalerProps {
  /** Name of the Deployment, and of whatever scales it. */
  readonly name: string;
  readonly namespace: string;
  /** Instances that there are at least. */
  readonly instances: number;
  readonly autoscaling: Autoscaling;
  /** Prometheus' address, which a query is sent to. */
  readonly prometheus: string;
  /** What measures: metrics-server for CPU, KEDA for a query; and the Deployment. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/** Nothing is taken away before it was too much for so long: the next burst is likelier than the saving. */
const SCALE_DOWN_SECONDS = 300;
/**
 * Then one pod at a time, each time that the autoscaler looks: of pods that it deletes together, a ReplicaSet takes all
 * from the fullest node, and leaves a zone without one.
 */
const SCALE_DOWN_POLICY = { type: "Pods", value: 1, periodSeconds: 15 };
/** Queries without an answer, one each 30 seconds, until the count stays as it is. */
const FAILURES = 3;

/** How many instances a Deployment has, by CPU or by what waits in a queue. */
export class Autoscaler extends Construct {
  constructor(scope: Construct, id: string, props: AutoscalerProps) {
    super(scope, id);
    const { name, namespace, autoscaling, dependsOn } = props;
    if ("query" in autoscaling) {
      new ManifestRelease(this, "ByQueue", {
        name: `${name}-scaling`,
        namespace,
        manifests: [scaledObject(props, autoscaling)],
        dependsOn,
      });
    } else {
      byCpu(this, props, autoscaling);
    }
  }
}

function byCpu(scope: Construct, props: AutoscalerProps, { cpuPercent }: CpuScaling): void {
  const { name, namespace, instances, autoscaling, dependsOn } = props;
  new KubernetesResource(scope, "ByCpu", "horizontal_pod_autoscaler_v2", {
    metadata: { name, namespace },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
      minReplicas: instances,
      maxReplicas: autoscaling.maxInstances,
      metric: [
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: cpuPercent } },
        },
      ],
      behavior: {
        scaleDown: [
          {
            stabilizationWindowSeconds: SCALE_DOWN_SECONDS,
            selectPolicy: "Max",
            policy: [SCALE_DOWN_POLICY],
          },
        ],
      },
    },
    dependsOn,
  });
}

/** KEDA's; what it is told of a trigger are texts. */
const scaledObject = (props: AutoscalerProps, { query, perInstance }: QueueScaling): Manifest => ({
  apiVersion: "keda.sh/v1alpha1",
  kind: "ScaledObject",
  metadata: { name: props.name, namespace: props.namespace },
  spec: {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: props.name },
    minReplicaCount: props.instances,
    maxReplicaCount: props.autoscaling.maxInstances,
    // Without an answer it would count as nothing waiting.
    fallback: { failureThreshold: FAILURES, replicas: props.instances, behavior: "currentReplicasIfHigher" },
    advanced: {
      horizontalPodAutoscalerConfig: {
        behavior: {
          scaleDown: { stabilizationWindowSeconds: SCALE_DOWN_SECONDS, policies: [SCALE_DOWN_POLICY] },
        },
      },
    },
    triggers: [
      {
        type: "prometheus",
        metricType: "AverageValue",
        metadata: {
          serverAddress: props.prometheus,
          query,
          threshold: `${perInstance}`,
          ignoreNullValues: "false",
        },
      },
    ],
  },
});
