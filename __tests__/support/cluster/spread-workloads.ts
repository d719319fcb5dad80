import { jsonIn } from "../plans/json-in-text";
import { resourcesOf, type TerraformJson } from "../synthesis/synthesized";
import { isOfOwnChart, objectsOf } from "./cluster-objects";
import type { KubernetesObject } from "./kubernetes-provider/sent-objects";
import { type PodTemplate, podTemplatesOf } from "./pod-templates";
import type { SpreadConstraint, SpreadWorkload } from "./scheduler-model";

/** What an autoscaler does when there are too many pods. */
export interface ScaleDown {
  readonly from: number;
  readonly to: number;
  /** How many pods go at a time, or which percentage of them. */
  readonly policy: { readonly type: "Pods" | "Percent"; readonly value: number; readonly periodSeconds: number };
}

/** Pods that are spread over zones or nodes, and how many of them there are. */
export interface SpreadPods extends SpreadWorkload {
  readonly title: string;
  readonly replicas: readonly number[];
  readonly scaleDown?: ScaleDown;
}

/** A chart's values name no number in the place of the constraint; ours are these. */
const CHARTS_REPLICAS = [2, 3];

/** Pods of a stack that are more than one: our own, and those of charts as far as our values say how they are spread. */
export const spreadPodsOf = (tf: TerraformJson): readonly SpreadPods[] => [
  ...podTemplatesOf(tf).flatMap((template) => ownPods(template, autoscalersOf(tf))),
  ...resourcesOf(tf, "helm_release")
    .filter((release) => !isOfOwnChart(release))
    .flatMap(({ name, values }) =>
      ((values ?? []) as readonly string[]).flatMap((text) => chartPods(String(name), jsonIn(text))),
    ),
];

/** Of autoscaling/v2, and of KEDA. */
interface AutoscalerSpec {
  readonly scaleTargetRef: { readonly name: string };
  readonly minReplicas?: number;
  readonly minReplicaCount?: number;
  readonly maxReplicas?: number;
  readonly maxReplicaCount?: number;
  readonly behavior?: Behavior;
  readonly advanced?: { readonly horizontalPodAutoscalerConfig?: { readonly behavior?: Behavior } };
}
interface Behavior {
  readonly scaleDown?: { readonly policies?: readonly ScaleDown["policy"][] };
}

/** Kubernetes' own, where none is given: all that are too many, at once. */
const DEFAULT_POLICY: ScaleDown["policy"] = { type: "Percent", value: 100, periodSeconds: 15 };

const autoscalersOf = (tf: TerraformJson): readonly KubernetesObject[] =>
  objectsOf(tf)
    .map(({ object }) => object)
    .filter(({ kind }) => kind === "HorizontalPodAutoscaler" || kind === "ScaledObject");

function ownPods(template: PodTemplate, autoscalers: readonly KubernetesObject[]): SpreadPods[] {
  const { address: title, kind, labels, spec } = template;
  if (kind !== "Deployment" && kind !== "StatefulSet") return [];
  const scaleDown = scaleDownOf(template, autoscalers);
  const replicas = scaleDown?.to ?? template.replicas ?? 1;
  const constraints = (spec.topologySpreadConstraints ?? []) as readonly SpreadConstraint[];
  return replicas < 2 && scaleDown === undefined
    ? []
    : [{ title, kind, labels, constraints, replicas: [replicas], ...(scaleDown && { scaleDown }) }];
}

function scaleDownOf(
  { name, namespace }: PodTemplate,
  autoscalers: readonly KubernetesObject[],
): ScaleDown | undefined {
  const autoscaler = autoscalers
    .filter(({ metadata }) => metadata.namespace === namespace)
    .map(({ spec }) => spec as unknown as AutoscalerSpec)
    .find(({ scaleTargetRef }) => scaleTargetRef.name === name);
  if (autoscaler === undefined) return undefined;
  const { minReplicas, maxReplicas, minReplicaCount, maxReplicaCount, behavior, advanced } = autoscaler;
  const { scaleDown } = behavior ?? advanced?.horizontalPodAutoscalerConfig?.behavior ?? {};
  return {
    from: maxReplicas ?? maxReplicaCount ?? 100,
    to: minReplicas ?? minReplicaCount ?? 1,
    policy: scaleDown?.policies?.[0] ?? DEFAULT_POLICY,
  };
}

/** Every constraint below a chart's values, and every soft anti-affinity of the Prometheus operator's words. */
function chartPods(path: string, values: unknown): SpreadPods[] {
  if (typeof values !== "object" || values === null) return [];
  const { podAntiAffinity, podAntiAffinityTopologyKey: topologyKey } = values as Record<string, unknown>;
  const own = podAntiAffinity === "soft" ? [antiAffine(path, String(topologyKey))] : [];
  return [
    ...own,
    ...Object.entries(values).flatMap(([key, below]) =>
      isConstraints(below) ? spreadBy(`${path}.${key}`, below) : chartPods(`${path}.${key}`, below),
    ),
  ];
}

const isConstraints = (value: unknown): value is readonly SpreadConstraint[] =>
  Array.isArray(value) && value.length > 0 && value.every((each) => each?.topologyKey !== undefined);

/** Charts make a Deployment of what is spread by constraints. */
const spreadBy = (title: string, constraints: readonly SpreadConstraint[]): SpreadPods[] => [
  {
    ...{ title, kind: "Deployment", constraints, replicas: CHARTS_REPLICAS },
    labels: constraints[0]?.labelSelector.matchLabels ?? {},
  },
];

/** The operator makes a StatefulSet. Where it prefers other domains than those of its own pods, it counts like a constraint. */
function antiAffine(title: string, topologyKey: string): SpreadPods {
  const labels = { app: title };
  const constraint = {
    topologyKey,
    maxSkew: 1,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: labels },
  };
  return { title, kind: "StatefulSet", labels, constraints: [constraint as SpreadConstraint], replicas: [2] };
}
