import type { Cidr } from "../core/cidr";
import type { ClusterRanges } from "./cluster-ranges";
import { NAMESPACES } from "./namespaces";
import { POD_IDENTITY, type PodPolicy, TO_DNS, type Way } from "./network-policy";

/** Pods of one kind. */
export interface Pods {
  /** Names their policy, one of its own in its namespace. */
  readonly name: string;
  readonly namespace: string;
  /**
   * Labels of these pods alone. Of pods that others reach by a Service, only labels that are in the Service's selector:
   * the VPC CNI lets a pod send to a Service's address only if the policy's labels select by the Service's selector
   * (amazon-network-policy-controller-k8s, `getMatchingServiceClusterIPs`).
   */
  readonly labels: Readonly<Record<string, string>>;
}

/** Pods, or whatever has an address in a range. */
type End = Pods | Cidr;

/** Who opens connections to whom, by the port of the pod or machine that answers, and not by its Service's. */
export interface NetworkPath {
  readonly from: readonly End[];
  readonly to: readonly End[];
  readonly ports: readonly number[];
  /** @default 'TCP' */
  readonly protocol?: Way["protocol"];
}

/** The Prometheus of each cluster, by the labels of its operator. */
export const PROMETHEUS: Pods = {
  name: "prometheus",
  namespace: NAMESPACES.monitoring,
  labels: { "app.kubernetes.io/name": "prometheus" },
};

/** In its container, where it answers queries. */
export const PROMETHEUS_PORT = 9090;

const HTTPS = 443;
/** Every address: of what is outside the network, a policy can't name the addresses. */
export const ANY_IPV4: Cidr = "0.0.0.0/0";

/** To the cluster's API: by its Service's address, and by those of the control plane. */
export const toApiServer = (from: readonly Pods[], { nodes, services }: ClusterRanges): NetworkPath => ({
  from,
  to: [...nodes, services],
  ports: [HTTPS],
});

/** To an API of AWS: by an endpoint in the private subnets, or by the internet. */
export const toAws = (from: readonly Pods[], to: readonly Cidr[]): NetworkPath => ({ from, to, ports: [HTTPS] });

/** To the agent that gives a pod the credentials of its role. */
export const toPodIdentity = (from: readonly Pods[]): NetworkPath => ({
  from,
  to: [POD_IDENTITY.cidr],
  ports: [POD_IDENTITY.port],
});

/** From the API server, which asks webhooks and extensions of its API: from an interface in a private subnet. */
export const fromApiServer = (to: readonly Pods[], port: number, { nodes }: ClusterRanges): NetworkPath => ({
  from: nodes,
  to,
  ports: [port],
});

/**
 * A policy for each kind of pods: it may take part in the paths that name it, at either end, and find others by name.
 * A path between two kinds is so allowed by the policies of both.
 */
export const policiesOf = (kinds: readonly Pods[], paths: readonly NetworkPath[]): readonly PodPolicy[] =>
  kinds.map((pods) => ({
    name: pods.name,
    labels: pods.labels,
    from: waysTo(paths.filter(({ to }) => to.includes(pods)).map(({ from, ...path }) => ({ ...path, ends: from }))),
    to: [
      ...TO_DNS,
      ...waysTo(paths.filter(({ from }) => from.includes(pods)).map(({ to, ...path }) => ({ ...path, ends: to }))),
    ],
  }));

interface Ends extends Pick<NetworkPath, "ports" | "protocol"> {
  readonly ends: readonly End[];
}

const waysTo = (paths: readonly Ends[]): readonly Way[] =>
  paths.flatMap(({ ends, ports, protocol }) =>
    ends.flatMap((end) => ports.map((port) => ({ peer: peerOf(end), port, ...(protocol && { protocol }) }))),
  );

const peerOf = (end: End): Way["peer"] =>
  typeof end === "string" ? { cidr: end } : { namespace: end.namespace, labels: end.labels };
