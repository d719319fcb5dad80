import { mebibytesOf, millicoresOf } from "../../../lib/config/quantities";
import { jsonIn } from "../plans/json-in-text";
import type { Arguments, TerraformJson } from "../synthesis/synthesized";
import { resourcesOf } from "../synthesis/synthesized";
import { isOfOwnChart } from "./cluster-objects";
import { renderedOf, type Side } from "./cluster-pods";
import { podTemplatesOf } from "./pod-templates";

/** What one kind of pods of a cluster requests, and how many of them there are. */
export interface RequestedPods {
  readonly count: number | "each node" | "a job";
  readonly cpu: number;
  readonly memory: number;
}

type Container = { readonly resources?: { readonly requests?: { readonly cpu?: unknown; readonly memory?: unknown } } };

function requested(count: RequestedPods["count"], ...containers: readonly Container[]): RequestedPods {
  const requests = containers.map(({ resources }) => resources?.requests ?? {});
  const sum = (of: (each: (typeof requests)[number]) => number) => requests.map(of).reduce((a, b) => a + b, 0);
  return {
    count,
    cpu: sum(({ cpu }) => millicoresOf(cpu) ?? Number.NaN),
    memory: sum(({ memory }) => mebibytesOf(memory) ?? Number.NaN),
  };
}

interface Workload {
  readonly kind: string;
  readonly replicas?: number;
  readonly containers?: readonly Container[];
}

const requestedBy = ({ kind, replicas = 1, containers = [] }: Workload): RequestedPods =>
  requested(kind === "DaemonSet" ? "each node" : kind.endsWith("Job") ? "a job" : replicas, ...containers);

/** All pods of a cluster, as the charts are rendered, as we write them, and as operators make them of our values. */
export function requestedPodsOf(tf: TerraformJson, environment: string, side: Side): readonly RequestedPods[] {
  const rendered = renderedOf(environment, side).filter(({ containers }) => containers !== undefined);
  const own = podTemplatesOf(tf).map(({ kind, replicas, spec, name }) => ({
    ...{ kind, containers: spec.containers },
    // An autoscaler's number is in no manifest.
    replicas: replicas ?? autoscaledFrom(tf, name),
  }));
  return [...[...rendered, ...own].map(requestedBy), ...operatorsPods(tf)];
}

type Values = Readonly<Record<string, unknown>>;

/** A value by its path, if it is there. */
const at = (values: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Values | undefined)?.[key], values);

const valuesOf = (tf: TerraformJson, chart: string): readonly unknown[] =>
  resourcesOf(tf, "helm_release")
    .filter((release: Arguments) => release.chart === chart)
    .flatMap(({ values }) => (values as readonly string[]).map(jsonIn));

/** Pods that operators make of a custom resource: those of prometheus-operator with its sidecar. */
function operatorsPods(tf: TerraformJson): RequestedPods[] {
  const ofMetrics = valuesOf(tf, "kube-prometheus-stack").flatMap((values) =>
    [at(values, "prometheus", "prometheusSpec"), at(values, "alertmanager", "alertmanagerSpec")]
      .filter((spec) => spec !== undefined)
      .map((spec) => {
        const { replicas, containers = [], ...container } = spec as Workload & Container;
        const reloader = at(values, "prometheusOperator", "prometheusConfigReloader") as Container;
        return requested(replicas ?? Number.NaN, container, reloader, ...containers);
      }),
  );
  const ofLogs = valuesOf(tf, "eck-stack").flatMap((values) => {
    const [nodes] = at(values, "eck-elasticsearch", "nodeSets") as readonly (Container & { readonly count: number })[];
    const kibana = at(values, "eck-kibana") as { readonly count: number };
    const containers = at(kibana, "podTemplate", "spec", "containers") as readonly Container[];
    return [requested(nodes?.count ?? Number.NaN, nodes ?? {}), requested(kibana.count, ...containers)];
  });
  return [...ofMetrics, ...ofLogs];
}

/** The least number of an autoscaler of ours. */
function autoscaledFrom(tf: TerraformJson, name: string): number | undefined {
  const autoscaler = resourcesOf(tf, "helm_release")
    .filter(isOfOwnChart)
    .flatMap(({ values }) => (values as readonly string[]).flatMap((text) => at(jsonIn(text), "resources") as Values[]))
    .find(({ kind, spec }) => kind === "HorizontalPodAutoscaler" && at(spec, "scaleTargetRef", "name") === name);
  return at(autoscaler, "spec", "minReplicas") as number | undefined;
}
