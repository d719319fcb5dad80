import { type Arguments, resourcesOf, type TerraformJson } from "../synthesis/synthesized";
import { blockOf, blocksOf } from "../synthesis/terraform-blocks";
import { type Labels, selects } from "./label-selector";
import { type Ports, passingBoth, portsOf, writtenPorts } from "./network-ports";

/** A pod, or all that are alike. */
export interface Pod {
  /** What the paths call it. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  /** Labels of its namespace, next to that which Kubernetes gives to every one. */
  readonly namespaceLabels?: Labels;
}

/** What policies say of a pod in one direction. */
interface Rule {
  /** Namespace of the policy. */
  readonly namespace: string;
  /** Nobody but these, or anybody where there are none. */
  readonly peers: readonly Arguments[];
  readonly ports: readonly Ports[];
}

/** Names of a direction's blocks. */
const DIRECTIONS = {
  Ingress: { rules: "ingress", peers: "from" },
  Egress: { rules: "egress", peers: "to" },
} as const;
type Direction = keyof typeof DIRECTIONS;

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
 *   nobody here knows whose they are.
 * - `anybody -> nginx:443/TCP`: a rule without peers.
 * - `api -> anything`, `anything -> api`: no policy is for the pod in this direction.
 *
 * Without a port, a line is for all; `*` is for all ports of a protocol.
 */
export function pathsOf(tf: TerraformJson, pods: readonly Pod[]): string[] {
  const policies = resourcesOf(tf, "kubernetes_network_policy_v1");
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
function rulesFor(pod: Pod, policies: readonly Arguments[], direction: Direction): Rule[] | undefined {
  const { rules, peers } = DIRECTIONS[direction];
  const found = policies.filter((policy) => {
    const spec = specOf(policy);
    return (
      namespaceOf(policy) === pod.namespace &&
      typesOf(spec).includes(direction) &&
      selects(blockOf(spec, "pod_selector") ?? {}, pod.labels)
    );
  });
  if (found.length === 0) return undefined;
  return found.flatMap((policy) =>
    blocksOf(specOf(policy), rules).map((rule) => ({
      namespace: namespaceOf(policy),
      peers: blocksOf(rule, peers).map(checkedPeer),
      ports: portsOf(rule),
    })),
  );
}

const specOf = (policy: Arguments): Arguments => blockOf(policy, "spec") ?? {};

const namespaceOf = (policy: Arguments): string => String(blockOf(policy, "metadata")?.namespace ?? "default");

/** Where a policy doesn't say its types, it is for ingress, and for egress if it has a rule for it. */
const typesOf = (spec: Arguments): readonly unknown[] =>
  (spec.policy_types as readonly unknown[] | undefined) ??
  (blocksOf(spec, "egress").length > 0 ? ["Ingress", "Egress"] : ["Ingress"]);

/** Kubernetes takes no peer that says nothing, nor a block of addresses that says which pods too. */
function checkedPeer(peer: Arguments): Arguments {
  const selectors = ["namespace_selector", "pod_selector"].filter((name) => blockOf(peer, name) !== undefined);
  if ((blockOf(peer, "ip_block") === undefined) === (selectors.length === 0)) {
    throw new Error(`a peer is either an ip_block or selectors, got ${JSON.stringify(peer)}`);
  }
  return peer;
}

/** Peers that are no pods, and the ports to or from each. */
function outside(rules: readonly Rule[] | undefined): { peer: string; port: string }[] {
  if (rules === undefined) return [{ peer: "anything", port: "" }];
  const ports = new Map<string, Ports[]>();
  for (const rule of rules) {
    const peers = rule.peers.length === 0 ? ["anybody"] : rule.peers.flatMap(blockNamesOf);
    for (const peer of peers) ports.set(peer, [...(ports.get(peer) ?? []), ...rule.ports]);
  }
  return [...ports].flatMap(([peer, its]) => writtenPorts(its).map((port) => ({ peer, port })));
}

const blockNamesOf = (peer: Arguments): string[] =>
  blocksOf(peer, "ip_block").map((block) => {
    const except = (block.except ?? []) as readonly string[];
    return except.length === 0 ? String(block.cidr) : `${block.cidr} except ${except.join(", ")}`;
  });

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

/** Whether a peer of a policy of `namespace` is the pod. Blocks are of addresses, and a pod's are not known. */
function isPeer(pod: Pod, peer: Arguments, namespace: string): boolean {
  if (blockOf(peer, "ip_block") !== undefined) return false;
  const namespaces = blockOf(peer, "namespace_selector");
  const inNamespace =
    namespaces === undefined
      ? pod.namespace === namespace
      : selects(namespaces, { ...pod.namespaceLabels, "kubernetes.io/metadata.name": pod.namespace });
  return inNamespace && selects(blockOf(peer, "pod_selector") ?? {}, pod.labels);
}
