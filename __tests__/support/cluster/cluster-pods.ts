import { resourcesOf, type Synthesized, type TerraformJson } from "../synthesis/synthesized";
import { type Labels, selects } from "./label-selector";
import type { Pod } from "./network-paths";
import { podTemplatesOf } from "./pod-templates";
import { type RenderedObject, renderedReleases } from "./rendered-objects";

export type Side = "write" | "read";

/** Stacks whose objects are in a side's cluster. */
const STACKS: Readonly<Record<Side, readonly string[]>> = {
  write: ["write-services", "write-monitoring"],
  read: ["read-services", "monitoring", "recovery-jobs"],
};

/** A pod of a cluster, and where it listens. */
export interface ClusterPod extends Pod {
  readonly ports: readonly { readonly name?: string; readonly number: number }[];
}
export interface ClusterService {
  readonly name: string;
  readonly namespace: string;
  readonly selector: Labels;
  readonly labels: Labels;
  readonly ports: readonly { readonly name?: string; readonly port: number; readonly targetPort: number | string }[];
}

/** All that an environment's stacks put into one cluster, as one stack. */
export function clusterOf({ stacks }: Synthesized, environment: string, side: Side): TerraformJson {
  const resource: Record<string, Record<string, Record<string, unknown>>> = {};
  for (const stack of STACKS[side]) {
    for (const [type, each] of Object.entries(stacks[`${environment}-${stack}`]?.resource ?? {})) {
      for (const [id, one] of Object.entries(each)) resource[type] = { ...resource[type], [`${stack}-${id}`]: one };
    }
  }
  return { resource };
}

const pod = (name: string, namespace: string, labels: Labels, ...ports: number[]): ClusterPod => ({
  ...{ name, namespace, labels },
  ports: ports.map((number) => ({ number })),
});
const service = (name: string, namespace: string, selector: Labels, port: number): ClusterService => ({
  ...{ name, namespace, selector, labels: {} },
  ports: [{ port, targetPort: port }],
});

const NAME = "app.kubernetes.io/name";
const ELASTIC = "common.k8s.elastic.co/type";
const KUBE_DNS = { "k8s-app": "kube-dns" };

/**
 * Pods and Services that operators make of their custom resources, which no chart has: labels as prometheus-operator
 * v0.93 (pkg/prometheus, pkg/alertmanager) and ECK 3.5 (pkg/controller/{elasticsearch,kibana}/label) write them; and
 * CoreDNS, as EKS has it.
 */
const OPERATORS_PODS: Readonly<Record<Side, readonly ClusterPod[]>> = {
  write: [
    pod("prometheus", "monitoring", { [NAME]: "prometheus" }, 9090, 8080),
    pod("kube-dns", "kube-system", KUBE_DNS, 53, 9153),
  ],
  read: [
    pod("prometheus", "monitoring", { [NAME]: "prometheus" }, 9090, 8080, 9443),
    pod("alertmanager", "monitoring", { [NAME]: "alertmanager" }, 9093, 9094, 8080),
    pod("elasticsearch", "elastic", { [ELASTIC]: "elasticsearch" }, 9200, 9300),
    pod("kibana", "elastic", { [ELASTIC]: "kibana" }, 5601),
    pod("kube-dns", "kube-system", KUBE_DNS, 53, 9153),
  ],
};
const OPERATORS_SERVICES: readonly ClusterService[] = [
  service("kube-dns", "kube-system", KUBE_DNS, 53),
  ...["elasticsearch-es-http", "elasticsearch-es-internal-http"].map((name) =>
    service(
      name,
      "elastic",
      { [ELASTIC]: "elasticsearch", "elasticsearch.k8s.elastic.co/cluster-name": "elasticsearch" },
      9200,
    ),
  ),
];

/** Objects of the charts, by release and namespace. */
export function renderedOf(
  environment: string,
  side: Side,
): readonly (RenderedObject & { readonly release: string })[] {
  const stacks = renderedReleases()[environment] ?? {};
  return STACKS[side].flatMap((stack) =>
    Object.entries(stacks[stack] ?? {}).flatMap(([release, objects]) => {
      const home = objects.find(({ namespace }) => namespace !== undefined)?.namespace;
      return objects.map((object) => ({ namespace: home, ...object, release }));
    }),
  );
}

const WORKLOADS = ["Deployment", "StatefulSet", "DaemonSet", "Job"];

/** Pods of the charts, of operators and of our own workloads, each kind once; without those in the node's own network. */
export function podsOf(tf: TerraformJson, environment: string, side: Side): readonly ClusterPod[] {
  const rendered = renderedOf(environment, side)
    .filter(({ kind, hostNetwork }) => WORKLOADS.includes(kind) && !hostNetwork)
    .map(({ name, namespace = "", podLabels = {}, containers = [] }) => ({
      ...{ name, namespace, labels: podLabels },
      ports: containers.flatMap(({ ports = [] }) =>
        ports.map((port) => ({ name: port.name, number: port.containerPort })),
      ),
    }));
  const own = podTemplatesOf(tf).map(({ name, namespace, labels, spec }) => ({
    // A job's name may end in what only Terraform knows.
    ...{ name: name.replace(/-\$\{.*/, ""), namespace, labels },
    ports: spec.containers.flatMap(({ ports = [] }) =>
      (ports as readonly { readonly name?: string; readonly containerPort: number }[]).map((port) => ({
        name: port.name,
        number: port.containerPort,
      })),
    ),
  }));
  const namespaces = resourcesOf(tf, "kubernetes_namespace_v1").map(
    ({ metadata }) => (metadata as { name: string }).name,
  );
  return [
    ...rendered,
    ...OPERATORS_PODS[side].filter(({ namespace }) => ["kube-system", ...namespaces].includes(namespace)),
    ...own,
  ];
}

/** Services of the charts and of operators. */
export const servicesOf = (environment: string, side: Side): readonly ClusterService[] => [
  ...renderedOf(environment, side)
    .filter(({ kind }) => kind === "Service")
    .map(({ name, namespace = "", selector = {}, labels = {}, ports = [] }) => ({
      ...{ name, namespace, selector: selector as Labels, labels, ports },
    })),
  ...OPERATORS_SERVICES,
];

/** Pods behind a Service's port, and the ports that they answer at. */
export function behind(
  { namespace, selector }: ClusterService,
  targetPort: number | string,
  pods: readonly ClusterPod[],
): readonly (readonly [ClusterPod, number])[] {
  return pods
    .filter((each) => each.namespace === namespace && selects({ matchLabels: selector }, each.labels))
    .flatMap((each): (readonly [ClusterPod, number])[] => {
      if (typeof targetPort === "number") return [[each, targetPort]];
      return each.ports.filter(({ name }) => name === targetPort).map(({ number }) => [each, number] as const);
    });
}
