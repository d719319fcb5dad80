import { Address4 } from "ip-address";
import type { TerraformJson } from "../synthesis/synthesized";
import { objectsOf } from "./cluster-objects";
import { type LabelSelector, type Labels, selects } from "./label-selector";
import { type NetworkPolicyPort, type Ports, passingBoth, portsOf, writtenPorts } from "./network-ports";

/** A pod, or all that are alike. */
export interface Pod {
  /** What the paths call it. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  /** IPv4. With it, blocks of addresses are for the pod, too: the VPC CNI knows pods by their addresses alone. */
  readonly address?: string;
  /** Labels of its namespace, next to that which Kubernetes gives to every one. */
  readonly namespaceLabels?: Labels;
}

/** Of networking.k8s.io/v1. */
interface Policy {
  readonly namespace: string;
  readonly spec: {
    readonly podSelector?: LabelSelector;
    readonly policyTypes?: readonly Direction[];
    readonly ingress?: readonly { readonly from?: readonly Peer[]; readonly ports?: readonly NetworkPolicyPort[] }[];
    readonly egress?: readonly { readonly to?: readonly Peer[]; readonly ports?: readonly NetworkPolicyPort[] }[];
  };
}
interface Peer {
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
  readonly namespaceSelector?: LabelSelector;
  readonly podSelector?: LabelSelector;
}
type Direction = "Ingress" | "Egress";

/** What policies say of a pod in one direction. */
interface Rule {
  /** Namespace of the policy. */
  readonly namespace: string;
  /** Nobody but these, or anybody where there are none. */
  readonly peers: readonly Peer[];
  readonly ports: readonly Ports[];
}

interface End {
  readonly pod: Pod;
  /** Undefined where no policy is for the pod, so that all passes. */
  readonly ingress: readonly Rule[] | undefined;
  readonly egress: readonly Rule[] | undefined;
}

/**
 * What a stack's network policies let pass, as Kubernetes reads them, a sorted line each:
 *
 * - `api -> store:2113/TCP`: from one of the pods to another, or to one of its own kind, past the policies of both.
 *   Two that have no policy on the way are left to the lines of the last kind.
 * - `api -> 10.1.0.0/22:2113/TCP`, `10.0.0.0/8 except 10.1.0.0/22 -> api`: a policy's block of addresses, of which
 *   nobody here knows whose they are, but for pods that say their address.
 * - `anybody -> nginx:443/TCP`: a rule without peers.
 * - `api -> anything`, `anything -> api`: no policy is for the pod in this direction.
 *
 * Without a port, a line is for all; `*` is for all ports of a protocol.
 */
export function pathsOf(tf: TerraformJson, pods: readonly Pod[]): string[] {
  const policies = objectsOf(tf)
    .filter(({ object }) => object.kind === "NetworkPolicy")
    .map(
      ({ object }): Policy => ({
        namespace: object.metadata.namespace ?? "default",
        spec: (object.spec ?? {}) as Policy["spec"],
      }),
    );
  const ends = pods.map(
    (pod): End => ({
      pod,
      ingress: rulesFor(pod, policies, "Ingress"),
      egress: rulesFor(pod, policies, "Egress"),
    }),
  );
  const lines = ends.flatMap((end) => [
    ...outside(end.egress).map(({ peer, port }) => `${end.pod.name} -> ${peer}${port}`),
    ...outside(end.ingress).map(({ peer, port }) => `${peer} -> ${end.pod.name}${port}`),
    ...ends.flatMap((other) => between(end, other)),
  ]);
  return [...new Set(lines)].sort();
}

/** All rules that policies have for a pod in a direction; undefined where no policy is for it. */
function rulesFor(pod: Pod, policies: readonly Policy[], direction: Direction): Rule[] | undefined {
  const found = policies.filter(
    ({ namespace, spec }) =>
      namespace === pod.namespace && typesOf(spec).includes(direction) && selects(spec.podSelector ?? {}, pod.labels),
  );
  if (found.length === 0) return undefined;
  return found.flatMap(({ namespace, spec: { ingress = [], egress = [] } }) => {
    const rules =
      direction === "Ingress"
        ? ingress.map(({ from = [], ports }) => ({ peers: from, ports }))
        : egress.map(({ to = [], ports }) => ({ peers: to, ports }));
    return rules.map(({ peers, ports }) => ({ namespace, peers: peers.map(checkedPeer), ports: portsOf(ports) }));
  });
}

/** Where a policy doesn't say its types, it is for ingress, and for egress if it has a rule for it. */
const typesOf = ({ policyTypes, egress = [] }: Policy["spec"]): readonly Direction[] =>
  policyTypes ?? (egress.length > 0 ? ["Ingress", "Egress"] : ["Ingress"]);

/** Kubernetes takes no peer that says nothing, nor a block of addresses that says which pods too. */
function checkedPeer(peer: Peer): Peer {
  const hasSelectors = peer.namespaceSelector !== undefined || peer.podSelector !== undefined;
  if ((peer.ipBlock === undefined) !== hasSelectors) {
    throw new Error(`a peer is either an ipBlock or selectors, got ${JSON.stringify(peer)}`);
  }
  return peer;
}

/** Peers that are no pods, and the ports to or from each. */
function outside(rules: readonly Rule[] | undefined): { peer: string; port: string }[] {
  if (rules === undefined) return [{ peer: "anything", port: "" }];
  const ports = new Map<string, Ports[]>();
  for (const rule of rules) {
    const peers = rule.peers.length === 0 ? ["anybody"] : rule.peers.flatMap(rangesOf);
    for (const peer of peers) ports.set(peer, [...(ports.get(peer) ?? []), ...rule.ports]);
  }
  return [...ports].flatMap(([peer, its]) => writtenPorts(its).map((port) => ({ peer, port })));
}

function rangesOf({ ipBlock }: Peer): string[] {
  if (ipBlock === undefined) return [];
  const { cidr, except = [] } = ipBlock;
  return [except.length === 0 ? cidr : `${cidr} except ${except.join(", ")}`];
}

/** What passes the sender's egress and the receiver's ingress. */
function between(sender: End, receiver: End): string[] {
  if (sender.egress === undefined && receiver.ingress === undefined) return [];
  const sent = portsFor(receiver.pod, sender.egress);
  const received = portsFor(sender.pod, receiver.ingress);
  return writtenPorts(passingBoth(sent, received)).map((port) => `${sender.pod.name} -> ${receiver.pod.name}${port}`);
}

/** What rules let pass to or from a pod. */
const portsFor = (pod: Pod, rules: readonly Rule[] | undefined): readonly Ports[] =>
  rules === undefined
    ? ["all"]
    : rules
        .filter(({ peers, namespace }) => peers.length === 0 || peers.some((peer) => isPeer(pod, peer, namespace)))
        .flatMap(({ ports }) => ports);

/** Whether a peer of a policy of `namespace` is the pod. A block is one of addresses, which not every pod says. */
function isPeer(pod: Pod, { ipBlock, namespaceSelector, podSelector = {} }: Peer, namespace: string): boolean {
  if (ipBlock !== undefined) {
    const isIn = (cidr: string) =>
      pod.address !== undefined && new Address4(pod.address).isInSubnet(new Address4(cidr));
    return isIn(ipBlock.cidr) && !(ipBlock.except ?? []).some(isIn);
  }
  const inNamespace =
    namespaceSelector === undefined
      ? pod.namespace === namespace
      : selects(namespaceSelector, { ...pod.namespaceLabels, "kubernetes.io/metadata.name": pod.namespace });
  return inNamespace && selects(podSelector, pod.labels);
}
