import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { type Cidr, isRange } from "../core/cidr";
import { isPlainObject } from "../core/plain-object";
import { mismatch } from "../core/problems";
import {
  checkProps,
  list,
  listOf,
  mapOf,
  oneOf,
  optional,
  type Rule,
  type Rules,
  shape,
  text,
  wholeNumber,
} from "../core/rules";
import { KubernetesResource } from "./kubernetes-resource";
import { isLabelKey, isLabelValue } from "./labels";
import { NAMESPACES } from "./namespaces";
import { isNamespaceName } from "./release-settings";

/** Pods of a namespace, all of them or those with the labels; or addresses. */
export type Peer =
  | { readonly namespace: string; readonly labels?: Readonly<Record<string, string>> }
  | { readonly cidr: Cidr };

/** One way to or from a peer, by the port of whoever answers. */
export interface Way {
  readonly peer: Peer;
  readonly port: number;
  /** @default 'TCP' */
  readonly protocol?: "TCP" | "UDP";
}

export interface NetworkPolicyProps {
  /** Name of the policy, one of its own in its namespace. */
  readonly name: string;
  readonly namespace: string;
  /** Labels of the pods that it is for. @default - all pods of the namespace */
  readonly labels?: Readonly<Record<string, string>>;
  /** Who may come. @default - nobody */
  readonly from?: readonly Way[];
  /** Where they may go. @default - nowhere */
  readonly to?: readonly Way[];
  /** What must stand before it: its namespace. @default - nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** What some pods of a namespace may do, as the namespace is told. */
export type PodPolicy = Omit<NetworkPolicyProps, "namespace" | "dependsOn">;

export const NETWORK_PORT = { min: 1, max: 65_535 } as const;
const isPodPeer = shape<Extract<Peer, { namespace: string }>>({
  namespace: isNamespaceName,
  labels: optional(mapOf(isLabelValue, isLabelKey)),
});
const isRangePeer = shape<Extract<Peer, { cidr: Cidr }>>({
  cidr: isRange("10.0.0.0/16"),
});
const isPeer: Rule = {
  allowed: "an object with 'namespace', or with 'cidr'",
  problemsOf(value, path) {
    if (!isPlainObject(value)) return [{ path, message: mismatch(isPeer.allowed, value) }];
    return ("cidr" in value ? isRangePeer : isPodPeer).problemsOf(value, path);
  },
};
const isWay = shape<Way>({ peer: isPeer, port: wholeNumber(NETWORK_PORT), protocol: optional(oneOf(["TCP", "UDP"])) });
const isWays = optional(listOf(isWay, { min: 0, max: 100 }));

const RULES: Rules<NetworkPolicyProps> = {
  name: text(
    "a policy's name: at most 63 lower-case letters, digits and hyphens",
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  ),
  namespace: isNamespaceName,
  labels: optional(mapOf(isLabelValue, isLabelKey)),
  from: isWays,
  to: isWays,
  dependsOn: optional(list("a list of resources")),
};

/** Where every pod that finds others by name must go. */
export const TO_DNS: readonly Way[] = (["UDP", "TCP"] as const).map((protocol) => ({
  peer: { namespace: NAMESPACES.system, labels: { "k8s-app": "kube-dns" } },
  port: 53,
  protocol,
}));

/** EKS Pod Identity's agent on each node, at its fixed address: where a pod with a role gets its credentials. */
export const POD_IDENTITY = { cidr: "169.254.170.23/32", port: 80 } as const;
export const TO_POD_IDENTITY: Way = { peer: { cidr: POD_IDENTITY.cidr }, port: POD_IDENTITY.port };

/** Who may reach some pods and where they may go: nothing but what is said, in either direction. */
export class NetworkPolicy extends Construct {
  /** Pass it to `dependsOn` of the pods, so that none is there before it. */
  readonly resource: ITerraformDependable;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: NetworkPolicyProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const { name, namespace, labels, from = [], to = [], dependsOn = [] } = props;

    this.resource = new KubernetesResource(this, "Resource", "network_policy_v1", {
      metadata: { name, namespace },
      spec: {
        podSelector: labels === undefined ? {} : { matchLabels: { ...labels } },
        policyTypes: ["Ingress", "Egress"],
        ingress: from.map((way) => ({ from: [peerOf(way)], ports: [portOf(way)] })),
        egress: to.map((way) => ({ to: [peerOf(way)], ports: [portOf(way)] })),
      },
      dependsOn,
    });
  }
}

function peerOf({ peer }: Way) {
  if ("cidr" in peer) return { ipBlock: { cidr: peer.cidr } };
  return {
    // The label that Kubernetes itself gives to every namespace.
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": peer.namespace } },
    ...(peer.labels && { podSelector: { matchLabels: { ...peer.labels } } }),
  };
}

const portOf = ({ port, protocol = "TCP" }: Way) => ({ port: `${port}`, protocol });
