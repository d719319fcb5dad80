import { objectsOf } from "./support/cluster/cluster-objects";
import {
  behind,
  type ClusterPod,
  clusterOf,
  podsOf,
  renderedOf,
  type Side,
  servicesOf,
} from "./support/cluster/cluster-pods";
import { type LabelSelector, selects } from "./support/cluster/label-selector";
import { pathsOf } from "./support/cluster/network-paths";
import { hasRenderedObjects } from "./support/cluster/rendered-objects";
import { jsonIn } from "./support/plans/json-in-text";
import { environments, inOwnZones } from "./support/synthesis/environments";
import { scaledByQuery } from "./support/synthesis/scaled-by-query";
import { resourcesOf, type TerraformJson } from "./support/synthesis/synthesized";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";

/**
 * What the policies of all stacks of a cluster let pass together, by Kubernetes' rules and by what the VPC CNI makes of
 * them. Nothing of it was seen on a cluster.
 */
const synthesized = synthesizedOnce(inOwnZones({ ...environments, "by-query": scaledByQuery }));
const CLUSTERS = Object.keys(environments).flatMap((name) => [[name, "write"] as const, [name, "read"] as const]);
const withCharts = hasRenderedObjects ? describe.each(CLUSTERS) : describe.skip.each(CLUSTERS);

/** Ranges as the environments have them: private subnets, of which the first has all pods here, Services, event store. */
const RANGES = {
  production: {
    nodes: ["10.0.0.0/19", "10.0.32.0/19", "10.0.64.0/19"],
    services: "172.20.0.0/16",
    events: "10.1.0.0/22",
  },
  staging: {
    nodes: ["10.16.0.0/21", "10.16.8.0/21", "10.16.16.0/21"],
    services: "10.18.0.0/20",
    events: "10.17.0.0/24",
  },
} as const;
/** A listener for each of the other side's replicas. */
const listenersOf = (environment: string) => (environment === "staging" ? [9443] : [9443, 9444]);
const rangesOf = (environment: string) => RANGES[environment as keyof typeof RANGES];
/** An address of a pod, in the first private subnet. */
const addressIn = (environment: string) => rangesOf(environment).nodes[0].replace("0/", "9/").replace(/\/.*/, "");

const namespacesOf = (tf: TerraformJson) =>
  resourcesOf(tf, "kubernetes_namespace_v1").map(({ metadata }) => (metadata as { readonly name: string }).name);
const strangerIn = (environment: string, namespace: string) => ({
  ...{ name: "stranger", namespace, labels: {}, address: addressIn(environment) },
});

describe.each([...CLUSTERS, ["by-query", "write"] as const])("namespaces in %s's %s cluster", (environment, side) => {
  const tf = clusterOf(synthesized, environment, side);

  test.each(namespacesOf(tf))("%s denies all traffic by default", (namespace) => {
    expect(pathsOf(tf, [{ name: "stranger", namespace, labels: {} }])).toEqual([]);
  });

  test("are all that charts and our own objects are put into, but for Kubernetes' own", () => {
    const used = [
      ...resourcesOf(tf, "helm_release").map(({ namespace }) => String(namespace)),
      ...objectsOf(tf).map(({ object }) => object.metadata.namespace ?? "kube-system"),
    ];
    const made = [...namespacesOf(tf), "kube-system"];
    expect([...new Set(used)].filter((each) => !made.includes(each))).toEqual([]);
  });
});

/** Lines of all pods of a cluster, each with an address. */
const linesOf = (tf: TerraformJson, environment: string, side: Side) => {
  const pods = podsOf(tf, environment, side).map((pod) => ({ ...pod, address: addressIn(environment) }));
  return { pods, lines: new Set(pathsOf(tf, pods)) };
};

/** Whom Prometheus is told to ask by the charts' monitors and by ours, as lines. */
function scrapedIn(tf: TerraformJson, environment: string, side: Side, pods: readonly ClusterPod[]): readonly string[] {
  const line = ([pod, port]: readonly [ClusterPod, number]) => `prometheus -> ${pod.name}:${port}/TCP`;
  const services = servicesOf(environment, side);
  const rendered = renderedOf(environment, side)
    .filter(({ kind }) => kind === "ServiceMonitor")
    .flatMap(({ selector = {}, endpoints = [] }) =>
      services
        .filter(({ labels }) => selects(selector as LabelSelector, labels))
        .flatMap((service) =>
          service.ports
            .filter(({ name }) => endpoints.some(({ port }) => port === name))
            .flatMap(({ targetPort }) => behind(service, targetPort, pods)),
        ),
    );
  const podMonitors = resourcesOf(tf, "helm_release")
    .filter(({ name }) => name === "kube-prometheus-stack")
    .map(({ values }) => jsonIn((values as readonly [string])[0]) as PrometheusStackValues)
    .flatMap(({ prometheus }) => prometheus.additionalPodMonitors)
    .flatMap(({ namespaceSelector, selector, podMetricsEndpoints }) =>
      pods
        .filter((pod) => namespaceSelector.matchNames.includes(pod.namespace) && selects(selector, pod.labels))
        .flatMap((pod) =>
          pod.ports
            .filter(({ name }) => podMetricsEndpoints.some(({ port }) => port === name))
            .map(({ number }): readonly [ClusterPod, number] => [pod, number]),
        ),
    );
  return [...new Set([...rendered, ...podMonitors].map(line))];
}
interface PrometheusStackValues {
  readonly prometheus: { readonly additionalPodMonitors: readonly PodMonitor[] };
}
interface PodMonitor {
  readonly namespaceSelector: { readonly matchNames: readonly string[] };
  readonly selector: LabelSelector;
  readonly podMetricsEndpoints: readonly { readonly port: string }[];
}

/** Services of releases that bring webhooks or parts of the API, which the API server calls. */
function calledIn(environment: string, side: Side, pods: readonly ClusterPod[]): readonly string[] {
  const rendered = renderedOf(environment, side);
  const releases = rendered.filter(({ kind }) => /WebhookConfiguration$|^APIService$/.test(kind));
  return rendered
    .filter(({ kind, release }) => kind === "Service" && releases.some((each) => each.release === release))
    .flatMap(({ name, namespace = "", selector = {}, labels = {}, ports = [] }) =>
      ports
        .filter(({ port }) => port === 443)
        .flatMap(({ targetPort }) => {
          const service = { name, namespace, selector: selector as Record<string, string>, labels, ports };
          return behind(service, targetPort, pods).map(([pod, port]) => `${pod.name}:${port}/TCP`);
        }),
    );
}

const toApiServer = (environment: string, ...pods: string[]) => {
  const { nodes, services } = rangesOf(environment);
  return pods.flatMap((pod) => [...nodes, services].map((range) => `${pod} -> ${range}:443/TCP`));
};
const STACK = "kube-prometheus-stack";
const ADMISSION = [`${STACK}-admission-create`, `${STACK}-admission-patch`];
const EXTERNAL_SECRETS = ["external-secrets", "external-secrets-webhook", "external-secrets-cert-controller"];

/** What the architecture needs beside monitors and webhooks; that of services and recovery is in tests of their own. */
function neededIn(environment: string, side: Side, hasLogs: boolean): readonly string[] {
  const { nodes, events } = rangesOf(environment);
  const logs = hasLogs ? ["fluent-bit"] : [];
  const everywhere = [
    ...toApiServer(
      environment,
      "prometheus",
      `${STACK}-operator`,
      `${STACK}-kube-state-metrics`,
      ...ADMISSION,
      ...logs,
    ),
    ...toApiServer(environment, ...EXTERNAL_SECRETS),
    "external-secrets -> 169.254.170.23/32:80/TCP",
    ...nodes.flatMap((range) => [`prometheus -> ${range}:10250/TCP`, `prometheus -> ${range}:9100/TCP`]),
    "prometheus-blackbox-exporter -> nginx-ingress-controller:443/TCP",
  ];
  if (side === "write") {
    return [
      ...everywhere,
      ...nodes.flatMap((range) => listenersOf(environment).map((port) => `prometheus -> ${range}:${port}/TCP`)),
      ...logs.flatMap((who) => nodes.map((range) => `${who} -> ${range}:9200/TCP`)),
    ];
  }
  return [
    ...everywhere,
    ...nodes.map((range) => `${range} -> prometheus:9443/TCP`),
    ...toApiServer(environment, `${STACK}-grafana`),
    `${STACK}-grafana -> prometheus:9090/TCP`,
    `${STACK}-grafana -> alertmanager:9093/TCP`,
    ...["TCP", "UDP"].map((protocol) => `alertmanager -> alertmanager:9094/${protocol}`),
    "prometheus-cloudwatch-exporter -> 0.0.0.0/0:443/TCP",
    "prometheus-cloudwatch-exporter -> 169.254.170.23/32:80/TCP",
    ...(hasLogs
      ? [
          `prometheus -> ${events}:2113/TCP`,
          // PagerDuty, Slack and the dead man's switch; single sign-on; snapshots.
          ...["alertmanager", `${STACK}-grafana`, "elasticsearch"].map((who) => `${who} -> 0.0.0.0/0:443/TCP`),
          ...toApiServer(environment, "elastic-operator"),
          ...["fluent-bit", "kibana", "elastic-operator", `${STACK}-grafana`, "elasticsearch", "log-lifecycle"].map(
            (who) => `${who} -> elasticsearch:9200/TCP`,
          ),
          "elasticsearch -> elasticsearch:9300/TCP",
          ...nodes.map((range) => `${range} -> elasticsearch:9200/TCP`),
        ]
      : []),
  ];
}

withCharts("paths in %s's %s cluster", (environment, side) => {
  const tf = clusterOf(synthesized, environment, side);
  const { pods, lines } = linesOf(tf, environment, side);
  const missing = (needed: readonly string[]) => needed.filter((line) => !lines.has(line));
  const hasLogs = environment === "production";
  const inOurs = pods.filter(({ namespace }) => namespace !== "kube-system");

  test("lead from Prometheus to all that monitors name", () => {
    const scraped = scrapedIn(tf, environment, side, inOurs);
    expect(scraped.length).toBeGreaterThanOrEqual(8);
    expect(missing([...scraped, "prometheus -> kube-dns:9153/TCP"])).toEqual([]);
  });

  test("lead from the API server to every webhook", () => {
    const called = calledIn(environment, side, inOurs);
    expect([...called].sort()).toEqual(
      [
        ...(side === "read" && hasLogs ? ["elastic-operator:9443/TCP"] : []),
        "external-secrets-webhook:10250/TCP",
        `${STACK}-operator:10250/TCP`,
      ].sort(),
    );
    expect(missing(rangesOf(environment).nodes.flatMap((range) => called.map((pod) => `${range} -> ${pod}`)))).toEqual(
      [],
    );
  });

  test("are all that the architecture needs", () => {
    expect(missing(neededIn(environment, side, hasLogs))).toEqual([]);
  });

  test("lead from each pod that we run to DNS", () => {
    const asks = inOurs.flatMap(({ name }) => ["TCP", "UDP"].map((protocol) => `${name} -> kube-dns:53/${protocol}`));
    expect(missing(asks)).toEqual([]);
  });

  test("are open in no direction for any pod in a namespace of ours", () => {
    const open = new Set(inOurs.flatMap(({ name }) => [`${name} -> anything`, `anything -> ${name}`]));
    expect([...lines].filter((line) => open.has(line))).toEqual([]);
  });

  // The VPC CNI lets a pod send to a Service's address only where the policy's labels select by the Service's selector.
  test("name pods behind Services by labels of the Services' selectors", () => {
    const services = servicesOf(environment, side);
    const peers = objectsOf(tf)
      .filter(({ object }) => object.kind === "NetworkPolicy")
      .flatMap(({ object }) =>
        ((object.spec as unknown as { egress?: { to: Peer[] }[] }).egress ?? []).flatMap(({ to }) => to),
      )
      .filter(({ podSelector }) => podSelector !== undefined);
    expect(peers.length).toBeGreaterThan(10);
    const wrong = peers.flatMap(({ namespaceSelector, podSelector = {} }) =>
      services
        .filter(({ namespace }) => selects(namespaceSelector ?? {}, { "kubernetes.io/metadata.name": namespace }))
        .filter((one) => behind(one, 0, pods).some(([pod]) => selects(podSelector, pod.labels)))
        .filter(({ selector }) => !selects(podSelector, selector))
        .map(({ name }) => `${name}: ${JSON.stringify(podSelector)}`),
    );
    expect(wrong).toEqual([]);
  });

  /** Of what listens in the cluster, all that a pod reaches which nobody restricts. */
  const reachedBy = (namespace: string) => {
    const stranger = strangerIn(environment, namespace);
    return pathsOf(tf, [stranger, ...pods])
      .filter((line) => line.startsWith("stranger -> "))
      .map((line) => line.slice("stranger -> ".length))
      .filter((to) => to !== "anything" && !/^(?:\d|kube-dns|metrics-server|cluster-autoscaler)/.test(to));
  };

  // A policy can't tell the control plane and the nodes from pods: all have addresses of the private subnets. What is
  // left asks for a certificate or a password by itself.
  test("let a pod of a foreign namespace reach only what has TLS of its own", () => {
    expect(reachedBy("default")).toEqual(
      [
        ...(side === "read" && hasLogs ? ["elastic-operator:9443/TCP", "elasticsearch:9200/TCP"] : []),
        "external-secrets-webhook:10250/TCP",
        `${STACK}-operator:10250/TCP`,
        "nginx-ingress-controller:443/TCP",
        "nginx-ingress-controller:8090/TCP",
        ...(side === "read" ? ["prometheus:9443/TCP"] : []),
      ].sort(),
    );
  });

  test("let a pod without a policy of its own in our namespaces reach nothing", () => {
    for (const namespace of namespacesOf(tf)) expect(reachedBy(namespace)).toEqual([]);
  });

  test("do not lead where the architecture has none", () => {
    const isHere = (name: string) => pods.some((pod) => pod.name === name.split(":")[0]);
    const pairs = REFUSED.filter(([from, to]) => isHere(from) && isHere(to));
    const leads = ([from, to]: readonly [string, string]) =>
      (lines.has(`${from} -> anything`) && lines.has(`anything -> ${to.split(":")[0]}`)) ||
      [...lines].some((line) => line === `${from} -> ${to}` || /^[:/]/.test(line.split(`${from} -> ${to}`)[1] ?? ""));
    expect(pairs.length).toBeGreaterThan(5);
    expect(pairs.filter(leads)).toEqual([]);
  });
});

/** Who may not reach whom: at one port, or at any. */
const REFUSED: readonly (readonly [from: string, to: string])[] = [
  ["prometheus", "prometheus:9443"],
  ["kibana", "prometheus"],
  ["kube-prometheus-stack-kube-state-metrics", "prometheus"],
  ["prometheus-blackbox-exporter", "alertmanager"],
  ["prometheus-blackbox-exporter", "prometheus"],
  ["fluent-bit", "prometheus"],
  ["fluent-bit", "alertmanager"],
  ["nginx-ingress-controller", "prometheus:9090"],
  ["nginx-ingress-controller", "alertmanager"],
  ["query-api-blue", "prometheus"],
  ["query-api-blue", "alertmanager"],
  ["query-api-blue", "elasticsearch"],
  ["query-api-blue", "kube-prometheus-stack-grafana"],
  ["projections", "alertmanager"],
  ["command-api-blue", "prometheus"],
  ["command-api-blue", "external-secrets"],
  ["command-processors", "prometheus"],
  ["recovery", "prometheus"],
  ["backup", "alertmanager"],
  ["external-secrets", "prometheus"],
  ["kube-prometheus-stack-grafana", "kibana"],
  ["kube-prometheus-stack-grafana", "prometheus:9443"],
  ["elasticsearch", "prometheus"],
  ["kibana", "elasticsearch:9300"],
];

/** KEDA comes with a query alone, and was not rendered: its chart's labels and ports at 2.20.2. */
test("KEDA asks Prometheus and is called by the API server; nobody else speaks to it", () => {
  const keda = (app: string) => ({ name: app, namespace: "keda", labels: { app }, address: "10.0.0.8" });
  const PARTS = ["keda-operator", "keda-operator-metrics-apiserver", "keda-admission-webhooks"];
  const prometheus = {
    name: "prometheus",
    namespace: "monitoring",
    labels: { "app.kubernetes.io/name": "prometheus" },
  };
  const { nodes } = RANGES.production;
  const lines = pathsOf(clusterOf(synthesized, "by-query", "write"), [
    ...PARTS.map(keda),
    prometheus,
    strangerIn("production", "commands"),
    { name: "kube-dns", namespace: "kube-system", labels: { "k8s-app": "kube-dns" } },
  ]).filter((line) => line.includes("keda"));
  expect(lines).toEqual(
    [
      ...PARTS.flatMap((who) => [
        ...toApiServer("production", who),
        `prometheus -> ${who}:8080/TCP`,
        `${who} -> kube-dns:53/TCP`,
        `${who} -> kube-dns:53/UDP`,
      ]),
      ...nodes.map((range) => `${range} -> keda-operator-metrics-apiserver:6443/TCP`),
      ...nodes.map((range) => `${range} -> keda-admission-webhooks:9443/TCP`),
      "keda-operator-metrics-apiserver -> keda-operator:9666/TCP",
      "keda-operator -> prometheus:9090/TCP",
    ].sort(),
  );
});

describe("a change of a policy is found", () => {
  const TYPE = "kubernetes_network_policy_v1";
  const tf = clusterOf(synthesized, "production", "read");
  const policies = Object.entries(tf.resource?.[TYPE] ?? {});
  const withPolicies = (changed: typeof policies): TerraformJson => ({
    resource: { ...tf.resource, [TYPE]: Object.fromEntries(changed) },
  });

  test("where a namespace's default is gone", () => {
    const left = policies.filter(([id]) => !/monitoring-Monitoring_Namespace_DefaultDeny/.test(id));
    expect(left).toHaveLength(policies.length - 1);
    expect(pathsOf(withPolicies(left), [{ name: "stranger", namespace: "monitoring", labels: {} }])).toEqual([
      "anything -> stranger",
      "stranger -> anything",
    ]);
  });

  (hasRenderedObjects ? test : test.skip)("where Alertmanager's is gone", () => {
    const left = policies.filter(([id]) => !/Policy-alertmanager/.test(id));
    expect(left).toHaveLength(policies.length - 1);
    const { lines } = linesOf(withPolicies(left), "production", "read");
    expect(neededIn("production", "read", true).filter((line) => !lines.has(line))).toContain(
      `${STACK}-grafana -> alertmanager:9093/TCP`,
    );
  });
});

interface Peer {
  readonly namespaceSelector?: LabelSelector;
  readonly podSelector?: LabelSelector;
}
