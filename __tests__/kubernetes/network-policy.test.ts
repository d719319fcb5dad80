import { Namespace } from "../../lib/kubernetes/namespace";
import {
  NetworkPolicy,
  type NetworkPolicyProps,
  TO_DNS,
  TO_POD_IDENTITY,
  type Way,
} from "../../lib/kubernetes/network-policy";
import { resourceOf, synthesizeStack } from "../support/synthesis/synthesized";

const base: NetworkPolicyProps = { name: "command-api", namespace: "commands" };
const policy = (props: Partial<NetworkPolicyProps> = {}) =>
  resourceOf(
    synthesizeStack((stack) => new NetworkPolicy(stack, "Policy", { ...base, ...props })),
    "kubernetes_network_policy_v1",
  );
const problemOf = (props: object) => {
  try {
    policy(props);
  } catch (error) {
    return (error as Error).message;
  }
};

const anyone: Way = { peer: { cidr: "0.0.0.0/0" }, port: 443 };

test("has the name that it is given, in the namespace of its pods", () => {
  expect(policy().metadata).toEqual({ name: "command-api", namespace: "commands" });
});

// A rule that says nothing would let everybody in: none must be there.
test("lets nobody come and nothing go unless it is said", () => {
  expect(policy().spec).toEqual({
    pod_selector: {},
    policy_types: ["Ingress", "Egress"],
    ingress: [],
    egress: [],
  });
});

test("is for the pods that have its labels", () => {
  expect(policy({ labels: { app: "command-api" } }).spec).toMatchObject({
    pod_selector: { match_labels: { app: "command-api" } },
  });
});

test("says who comes in one direction alone", () => {
  expect(policy({ from: [anyone] }).spec).toMatchObject({
    ingress: [{ from: [{ ip_block: { cidr: "0.0.0.0/0" } }], ports: [{ port: "443", protocol: "TCP" }] }],
    egress: [],
  });
});

test("says where they go in the other", () => {
  expect(policy({ to: [anyone] }).spec).toMatchObject({
    ingress: [],
    egress: [{ to: [{ ip_block: { cidr: "0.0.0.0/0" } }], ports: [{ port: "443", protocol: "TCP" }] }],
  });
});

test("a peer is all pods of a namespace, by the name that Kubernetes itself labels it with", () => {
  expect(policy({ to: [{ peer: { namespace: "monitoring" }, port: 9090 }] }).spec).toMatchObject({
    egress: [{ to: [{ namespace_selector: { match_labels: { "kubernetes.io/metadata.name": "monitoring" } } }] }],
  });
});

// Two selectors of one peer are both to hold; of two peers, either would do.
test("a peer with labels is those pods of its namespace alone", () => {
  const peer = { namespace: "ingress", labels: { app: "nginx" } };
  expect(policy({ from: [{ peer, port: 8080 }] }).spec).toMatchObject({
    ingress: [
      {
        from: [
          {
            namespace_selector: { match_labels: { "kubernetes.io/metadata.name": "ingress" } },
            pod_selector: { match_labels: { app: "nginx" } },
          },
        ],
      },
    ],
  });
});

test("each way has its own port: no peer gets another's", () => {
  const to: readonly Way[] = [
    { peer: { cidr: "10.0.0.0/16" }, port: 5432 },
    { peer: { cidr: "10.1.0.0/22" }, port: 2113 },
  ];
  expect(policy({ to }).spec).toMatchObject({
    egress: [
      { to: [{ ip_block: { cidr: "10.0.0.0/16" } }], ports: [{ port: "5432" }] },
      { to: [{ ip_block: { cidr: "10.1.0.0/22" } }], ports: [{ port: "2113" }] },
    ],
  });
});

test("names are asked for by UDP and, where the answer is long, by TCP", () => {
  const to = [
    {
      namespace_selector: { match_labels: { "kubernetes.io/metadata.name": "kube-system" } },
      pod_selector: { match_labels: { "k8s-app": "kube-dns" } },
    },
  ];
  expect(policy({ to: TO_DNS }).spec).toMatchObject({
    egress: [
      { to, ports: [{ port: "53", protocol: "UDP" }] },
      { to, ports: [{ port: "53", protocol: "TCP" }] },
    ],
  });
});

test("a role's credentials are at one fixed address of the node", () => {
  expect(policy({ to: [TO_POD_IDENTITY] }).spec).toMatchObject({
    egress: [{ to: [{ ip_block: { cidr: "169.254.170.23/32" } }], ports: [{ port: "80", protocol: "TCP" }] }],
  });
});

test("goes after its namespace", () => {
  const tf = synthesizeStack((stack) => {
    const namespace = new Namespace(stack, "Namespace", { name: "commands" });
    new NetworkPolicy(stack, "Policy", { ...base, dependsOn: [namespace.resource] });
  });
  const metadata = { name: base.name, namespace: "commands" };
  expect(resourceOf(tf, "kubernetes_network_policy_v1", { metadata }).depends_on).toEqual([
    expect.stringMatching(/^kubernetes_network_policy_v1\.Namespace_DefaultDeny_/),
  ]);
});

test("can be waited for", () => {
  const tf = synthesizeStack((stack) => {
    const first = new NetworkPolicy(stack, "First", base);
    new NetworkPolicy(stack, "Second", { ...base, name: "second", dependsOn: [first.resource] });
  });
  expect(
    resourceOf(tf, "kubernetes_network_policy_v1", { metadata: { name: "second", namespace: "commands" } }),
  ).toHaveProperty("depends_on", [expect.stringMatching(/^kubernetes_network_policy_v1\.First_/)]);
});

const NAME = "must be a policy's name: at most 63 lower-case letters, digits and hyphens";
const NAMESPACE = "must be a namespace of at most 63 lower-case letters, digits and hyphens";

test.each<[props: object, line: string]>([
  [{ name: "Command" }, `.name: ${NAME}, got 'Command'`],
  [{ name: "-command" }, `.name: ${NAME}, got '-command'`],
  [{ name: "a".repeat(64) }, `.name: ${NAME}, got '${"a".repeat(57)}...'`],
  [{ namespace: "Commands" }, `.namespace: ${NAMESPACE}, got 'Commands'`],
  [
    { labels: { app: 1 } },
    ".labels.app: must be a text of at most 63 letters, digits and _.-, letter or digit first and last, got 1",
  ],
  [{ labels: { "a b": "x" } }, ".labels.a b: must be named as Kubernetes names labels, got 'a b'"],
  [{ to: [{ port: 1 }] }, ".to[0].peer: is missing, must be an object with 'namespace', or with 'cidr'"],
  [
    { to: [{ peer: "ingress", port: 1 }] },
    ".to[0].peer: must be an object with 'namespace', or with 'cidr', got 'ingress'",
  ],
  [{ from: [{ ...anyone, port: 0 }] }, ".from[0].port: must be a whole number from 1 to 65535, got 0"],
  [{ to: [{ ...anyone, port: 65_536 }] }, ".to[0].port: must be a whole number from 1 to 65535, got 65536"],
  [{ to: [anyone, { ...anyone, protocol: "SCTP" }] }, ".to[1].protocol: must be 'TCP' or 'UDP', got 'SCTP'"],
  [
    { to: [{ peer: { cidr: "10.0.0.1/16" }, port: 1 }] },
    ".to[0].peer.cidr: must be a range such as '10.0.0.0/16', got '10.0.0.1/16'",
  ],
  [{ from: [{ peer: { namespace: "Ingress" }, port: 1 }] }, `.from[0].peer.namespace: ${NAMESPACE}, got 'Ingress'`],
  [
    { from: [{ peer: { namespace: "ingress", labels: { app: 1 } }, port: 1 }] },
    ".from[0].peer.labels.app: must be a text of at most 63 letters, digits and _.-, letter or digit first and last, got 1",
  ],
  [
    { from: [{ peer: { namespace: "ingress", cidr: "10.0.0.0/16" }, port: 1 }] },
    ".from[0].peer.namespace: is not a key here, allowed are 'cidr'",
  ],
  [{ to: [{ peer: {}, port: 1 }] }, `.to[0].peer.namespace: is missing, ${NAMESPACE}`],
  [{ from: anyone }, ".from: must be a list of 0 to 100, each an object with 'peer' and 'port', got an object"],
  [
    { from: Array(101).fill(anyone) },
    ".from: must be a list of 0 to 100, each an object with 'peer' and 'port', got a list of 101",
  ],
])("refuses %j", (props, line) => {
  expect(problemOf(props)).toBe(`1 problem in the configuration, nothing was synthesized:\n  Test/Policy${line}`);
});

test.each<Partial<NetworkPolicyProps>>([
  { name: "a".repeat(63) },
  { name: "a-b" },
  { from: [], to: [] },
  {
    to: [
      { ...anyone, port: 1 },
      { ...anyone, port: 65_535, protocol: "UDP" },
    ],
  },
])("takes %j", (props) => {
  expect(problemOf(props)).toBeUndefined();
});
