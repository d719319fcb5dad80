import { pathsOf } from "./support/cluster/network-paths";
import { drainProblems } from "./support/cluster/pod-drains";
import { readinessProblems } from "./support/cluster/pod-readiness";
import { podTemplatesOf } from "./support/cluster/pod-templates";
import { environments } from "./support/synthesis/environments";
import { stackOf, type TerraformJson } from "./support/synthesis/synthesized";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";

const synthesized = synthesizedOnce(environments);
const SERVICES = Object.keys(environments).flatMap((name) => [
  [`${name}-write-services`, stackOf(synthesized, `${name}-write-services`)] as const,
  [`${name}-read-services`, stackOf(synthesized, `${name}-read-services`)] as const,
]);

describe.each(SERVICES)("%s", (_, tf) => {
  const pods = podTemplatesOf(tf);

  test("has three kinds of pods", () => {
    expect(pods).toHaveLength(3);
  });

  test("has pods with requests, a limit, probes, and a graceful end", () => {
    expect(pods.flatMap(readinessProblems)).toEqual([]);
  });

  test("has a disruption budget for each that lets a node be drained", () => {
    expect(drainProblems(tf)).toEqual([]);
  });

  test("runs in namespaces that enforce the restricted level", () => {
    const namespaces = Object.values(tf.resource?.kubernetes_namespace_v1 ?? {}).map(({ metadata }) => metadata);
    expect(namespaces.length).toBeGreaterThan(0);
    for (const metadata of namespaces) {
      expect(metadata).toMatchObject({ labels: { "pod-security.kubernetes.io/enforce": "restricted" } });
    }
  });
});

/** Whoever may be in the clusters: ours, what they speak to, and strangers, who have no business with them. */
const pod = (name: string, namespace: string, labels: Readonly<Record<string, string>> = {}) => ({
  name,
  namespace,
  labels: { "app.kubernetes.io/name": name, ...labels },
});
const AROUND = [
  pod("nginx-ingress", "ingress", { "app.kubernetes.io/instance": "nginx-ingress" }),
  { name: "kube-dns", namespace: "kube-system", labels: { "k8s-app": "kube-dns" } },
  pod("prometheus", "monitoring"),
  pod("a stranger beside NGINX", "ingress"),
  pod("a stranger of another namespace", "default"),
];
const OF = {
  write: [
    pod("command-api blue", "commands", { "app.kubernetes.io/name": "command-api", "cqrs/color": "blue" }),
    pod("command-api green", "commands", { "app.kubernetes.io/name": "command-api", "cqrs/color": "green" }),
    pod("command-processors", "commands"),
    pod("a stranger among commands", "commands"),
  ],
  read: [
    pod("query-api blue", "queries", { "app.kubernetes.io/name": "query-api", "cqrs/color": "blue" }),
    pod("query-api green", "queries", { "app.kubernetes.io/name": "query-api", "cqrs/color": "green" }),
    pod("projections", "queries"),
    pod("a stranger among queries", "queries"),
  ],
} as const;

/** The ways of an environment's pods; what its neighbours may do that no policy of ours is for is left out. */
function waysOf(tf: TerraformJson, side: keyof typeof OF): string[] {
  const OPEN = ["kube-dns", "prometheus", "a stranger of another namespace"];
  return pathsOf(tf, [...AROUND, ...OF[side]]).filter(
    (line) => !OPEN.some((name) => line === `${name} -> anything` || line === `anything -> ${name}`),
  );
}

/** The architecture's ways, and those without which no pod runs; in the words of the policies. */
const EXPECTED: Readonly<Record<string, { readonly write: readonly string[]; readonly read: readonly string[] }>> = {
  production: waysIn({
    eventStore: "10.1.0.0/22",
    privateRanges: ["10.0.0.0/19", "10.0.32.0/19", "10.0.64.0/19"],
    data: ["10.0.232.0/24", "10.0.233.0/24", "10.0.234.0/24"],
    apiServer: ["10.0.0.0/16", "172.20.0.0/16"],
  }),
  staging: waysIn({
    eventStore: "10.17.0.0/24",
    privateRanges: ["10.16.0.0/21", "10.16.8.0/21", "10.16.16.0/21"],
    data: ["10.16.58.0/26", "10.16.58.64/26", "10.16.58.128/26"],
    apiServer: ["10.16.0.0/18", "10.18.0.0/20"],
  }),
};

interface Places {
  readonly eventStore: string;
  /** Where KMS answers, within the network. */
  readonly privateRanges: readonly string[];
  readonly data: readonly string[];
  readonly apiServer: readonly string[];
}

function waysIn({ eventStore, privateRanges, data, apiServer }: Places) {
  const toDns = (who: string) => [`${who} -> kube-dns:53/TCP`, `${who} -> kube-dns:53/UDP`];
  const toStore = (who: string) => [`${who} -> ${eventStore}:2113/TCP`];
  const toData = (who: string) => data.flatMap((range) => [5432, 6379].map((port) => `${who} -> ${range}:${port}/TCP`));
  const toKeys = (who: string) => [
    ...privateRanges.map((range) => `${who} -> ${range}:443/TCP`),
    // For the credentials with which keys and read models let it in.
    `${who} -> 169.254.170.23/32:80/TCP`,
  ];
  // S3, whose endpoint is a route: there it is written down who was forgotten.
  const toLedger = (who: string) => [`${who} -> 0.0.0.0/0:443/TCP`];
  const watched = (who: string) => [`prometheus -> ${who}:9090/TCP`];
  const asked = (who: string) => [`nginx-ingress -> ${who}:8080/TCP`];
  const nginx = [
    "0.0.0.0/0 -> nginx-ingress:443/TCP",
    // The load balancer's question for health.
    "0.0.0.0/0 -> nginx-ingress:8090/TCP",
    ...toDns("nginx-ingress"),
    ...apiServer.map((range) => `nginx-ingress -> ${range}:443/TCP`),
    "prometheus -> nginx-ingress:9113/TCP",
  ];
  const api = (name: string, ways: (who: string) => string[]) =>
    [`${name} blue`, `${name} green`].flatMap((who) => [
      ...toDns(who),
      ...toKeys(who),
      ...ways(who),
      ...watched(who),
      ...asked(who),
    ]);
  const worker = (who: string, ways: string[]) => [...toDns(who), ...toKeys(who), ...ways, ...watched(who)];
  return {
    write: [
      ...nginx,
      ...api("command-api", (who) => [...toStore(who), ...toLedger(who)]),
      ...worker("command-processors", [...toStore("command-processors"), ...toLedger("command-processors")]),
    ],
    read: [
      ...nginx,
      ...api("query-api", toData),
      ...worker("projections", [...toStore("projections"), ...toData("projections")]),
    ],
  };
}

describe.each(Object.keys(environments))("network policies of %s", (name) => {
  test.each(["write", "read"] as const)("allow the architecture's ways on the %s side, and no other", (side) => {
    const tf = stackOf(synthesized, `${name}-${side}-services`);
    expect(waysOf(tf, side)).toEqual([...(EXPECTED[name]?.[side] ?? [])].sort());
  });
});

test("a way that nobody meant is found", () => {
  const tf = stackOf(synthesized, "production-write-services");
  const [id = "", policy] = Object.entries(tf.resource?.kubernetes_network_policy_v1 ?? {})[0] ?? [];
  const open = { ...policy, spec: { pod_selector: {}, policy_types: ["Egress"], egress: [{}] } };
  const changed = { ...tf, resource: { ...tf.resource, kubernetes_network_policy_v1: { [id]: open } } };
  expect(waysOf(changed, "write")).toContain("command-processors -> anybody");
});
