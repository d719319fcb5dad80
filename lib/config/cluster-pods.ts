import { type Bounds, known, wholeNumber } from "../core/rules";
import { INSTANCES } from "./architecture";
import { type Autoscaling, autoscalingOf, isAutoscaling, isByQuery } from "./autoscaling";
import type { ClusterParts } from "./cluster-parts";
import { NODES } from "./infrastructure";
import { monitoringPods } from "./monitoring-pods";
import { type Amount, times } from "./node-capacity";
import {
  daemonSet,
  deployment,
  jobs,
  NO_REQUESTS,
  type PodGroup,
  requestKeys,
  requestsOf,
  statefulSet,
} from "./pod-groups";
import { POD_REPLICAS, POD_RESOURCES } from "./pod-resources";
import { type ContainerResources, IDLE_INSTANCES, type ServicesConfig } from "./services";
import type { Side } from "./side";
import { spareNodesOf } from "./spare-nodes";

/** Requests of a container of the EBS CSI driver's chart, which its sidecars have too. */
const CSI_CONTAINER: Amount = { cpu: 10, memory: 40 };

/**
 * EKS' add-ons as their charts have them: aws/amazon-vpc-cni-k8s with the agent of network policies, kube-proxy,
 * aws/eks-node-monitoring-agent, kubernetes-sigs/aws-ebs-csi-driver and CoreDNS. eks-pod-identity-agent requests nothing.
 */
const EKS_PODS: readonly PodGroup[] = [
  daemonSet("aws-node", { cpu: 50, memory: 0 }, { hostNetwork: true }),
  daemonSet("kube-proxy", { cpu: 100, memory: 0 }, { hostNetwork: true }),
  daemonSet("eks-pod-identity-agent", NO_REQUESTS, { hostNetwork: true }),
  daemonSet("eks-node-monitoring-agent", { cpu: 10, memory: 30 }, { hostNetwork: true }),
  daemonSet("ebs-csi-node", times(CSI_CONTAINER, 3)),
  deployment("ebs-csi-controller", 2, times(CSI_CONTAINER, 6)),
  deployment("coredns", 2, { cpu: 100, memory: 70 }),
];

const count = (value: unknown, bounds: Bounds = INSTANCES): number =>
  known(wholeNumber(bounds)).problemsOf(value, "").length === 0 ? Number(value) : 0;

/** Pods of an environment in one of its clusters. */
export const podsOf = (parts: ClusterParts, side: Side): readonly PodGroup[] => [
  ...EKS_PODS,
  ...(parts.services === undefined ? [] : [...addonPods(parts, side), ...SERVICE_PODS[side](parts)]),
  ...monitoringPods(parts, side),
  ...(side === "read" ? recoveryPods(parts) : []),
];

/** Pods of one cluster that have addresses of their own: those at the autoscalers' maximum, and those of each node. */
export function podAddressesOf(parts: ClusterParts, side: Side) {
  const groups = podsOf(parts, side).filter(({ hostNetwork }) => !hostNetwork);
  const daemons = groups.filter(({ count }) => count === "each node");
  const counts = groups.map(({ count, most }) => most ?? (count === "each node" ? 0 : count));
  return { pods: counts.reduce((sum, each) => sum + each, 0), podsEachNode: daemons.length };
}

function addonPods(parts: ClusterParts, side: Side): readonly PodGroup[] {
  const { scaling } = parts.architecture?.writeSide?.commandProcessors ?? {};
  const hasKeda = side === "write" && isByQuery(scaling, parts.services?.commandProcessors?.autoscaling);
  const addon = (name: string, resources: ContainerResources) =>
    deployment(name, POD_REPLICAS.addon, requestsOf(resources));
  return [
    addon("metrics-server", POD_RESOURCES.metricsServer),
    addon("external-secrets", POD_RESOURCES.externalSecrets),
    addon("external-secrets-webhook", POD_RESOURCES.externalSecretsWebhook),
    addon("external-secrets-cert-controller", POD_RESOURCES.externalSecretsCertController),
    ...(count(spareNodesOf(parts, side), NODES) > 0
      ? [addon("cluster-autoscaler", POD_RESOURCES.clusterAutoscaler)]
      : []),
    ...(hasKeda
      ? ["keda-operator", "keda-operator-metrics-apiserver", "keda-admission-webhooks"].map((name) =>
          addon(name, POD_RESOURCES.keda),
        )
      : []),
    deployment("nginx-ingress", POD_REPLICAS.nginx, requestsOf(POD_RESOURCES.nginx)),
  ];
}

type ServiceName = keyof ServicesConfig;

/** A service's requests, and the keys that set them. */
const serviceOf = ({ services }: ClusterParts, name: ServiceName) => ({
  requests: requestsOf(services?.[name]?.resources ?? POD_RESOURCES.service),
  keys: requestKeys(`services.${name}.resources.requests`),
});

/** An API in its two colors. */
function blueGreen(parts: ClusterParts, name: "commandApi" | "queryApi", title: string, active: unknown): PodGroup[] {
  const { requests, keys } = serviceOf(parts, name);
  const instances = count(active);
  const idle = parts.services?.[name]?.idle;
  return [
    deployment(`${title} active`, instances, requests, { keys }),
    deployment(`${title} idle`, idle === undefined ? instances : count(idle, IDLE_INSTANCES), requests, { keys }),
  ];
}

const SERVICE_PODS: Readonly<Record<Side, (parts: ClusterParts) => readonly PodGroup[]>> = {
  write: (parts) => [
    ...blueGreen(parts, "commandApi", "command-api", parts.architecture?.writeSide?.commandApi?.instances),
    processors(parts),
  ],
  read: (parts) => {
    const { requests, keys } = serviceOf(parts, "projections");
    const workers = count(parts.architecture?.readSide?.projections?.workers);
    return [
      ...blueGreen(parts, "queryApi", "query-api", parts.architecture?.readSide?.queryApi?.instances),
      statefulSet("projections", workers, requests, { keys }),
    ];
  },
};

function processors(parts: ClusterParts): PodGroup {
  const { requests, keys } = serviceOf(parts, "commandProcessors");
  const { instances, scaling } = parts.architecture?.writeSide?.commandProcessors ?? {};
  const given = parts.services?.commandProcessors?.autoscaling;
  const autoscaling = isAutoscaling.problemsOf(given, "").length === 0 ? (given as Autoscaling) : undefined;
  const least = count(instances);
  const { maxInstances } = autoscalingOf({ instances: least, scaling: scaling ?? "fixed" }, autoscaling);
  return deployment("command-processors", least, requests, { most: maxInstances, keys });
}

/** Each never runs twice at the same time, but at the same time as the others. The last two are begun by hand. */
const RECOVERY_JOBS = ["backup", "verify", "drill", "credentials", "credentials-ops"] as const;

function recoveryPods({ recovery }: ClusterParts): readonly PodGroup[] {
  if (recovery?.jobs === undefined) return [];
  const requests = requestsOf(recovery.jobs.resources ?? POD_RESOURCES.service);
  const keys = requestKeys("recovery.jobs.resources.requests");
  return RECOVERY_JOBS.map((name) => jobs(name, 1, requests, { keys }));
}
