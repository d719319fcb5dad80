import type { TerraformJson } from "../synthesis/synthesized";
import { objectsOf } from "./cluster-objects";
import type { KubernetesObject } from "./kubernetes-provider/sent-objects";
import { type LabelSelector, selects } from "./label-selector";
import { type PodTemplate, podTemplatesOf, type WorkloadKind } from "./pod-templates";

/** Kinds that a budget is for. */
const KINDS: readonly WorkloadKind[] = ["Deployment", "StatefulSet"];
/** Kubernetes' own, where no number is said. */
const DEFAULT_REPLICAS = 1;

/** Deployments and StatefulSets that a node's drain would wait for in vain, or would take whole. */
export const drainProblems = (tf: TerraformJson): string[] =>
  podTemplatesOf(tf)
    .filter(({ kind }) => KINDS.includes(kind))
    .flatMap((template) => {
      const selecting = objectsBeside<BudgetSpec>(tf, "PodDisruptionBudget", template).filter(
        // A budget without a selector is for no pod, one with an empty selector for all of its namespace.
        ({ spec: { selector } }) => selector !== undefined && selects(selector, template.labels),
      );
      const [budget] = selecting;
      if (budget === undefined || selecting.length > 1) {
        const got = selecting.map(({ name }) => name).join(", ") || "none";
        return [`${template.address}: exactly one PodDisruptionBudget must select its pods, got ${got}`];
      }
      return budgetProblems(budget.spec, leastReplicas(tf, template)).map(
        (problem) => `${template.address}: budget ${budget.name}: ${problem}`,
      );
    });

/** Of policy/v1. */
interface BudgetSpec {
  readonly maxUnavailable?: number | string;
  readonly minAvailable?: number | string;
  readonly unhealthyPodEvictionPolicy?: string;
  readonly selector?: LabelSelector;
}

/** Of autoscaling/v2. */
interface AutoscalerSpec {
  readonly minReplicas?: number;
  readonly scaleTargetRef: { readonly kind: string; readonly name: string };
}

/** Objects of a kind that are in the namespace of a pod. */
const objectsBeside = <Spec>(tf: TerraformJson, kind: KubernetesObject["kind"], { namespace }: PodTemplate) =>
  objectsOf(tf)
    .filter(({ object }) => object.kind === kind && object.metadata.namespace === namespace)
    .map(({ object: { metadata, spec } }) => ({ name: metadata.name, spec: spec as Spec }));

function budgetProblems(
  { maxUnavailable: most, minAvailable: least, unhealthyPodEvictionPolicy: policy }: BudgetSpec,
  replicas: number,
): string[] {
  if ((most === undefined) === (least === undefined)) return ["either maxUnavailable or minAvailable must be set"];
  // By default pods that are not ready hold a drain up as soon as there is one more of them than may be missing.
  if (policy !== "AlwaysAllow") return [`unhealthyPodEvictionPolicy must be AlwaysAllow, got ${policy}`];
  // Kubernetes rounds either percentage up.
  if (most !== undefined) {
    return pods(most, replicas) >= 1 ? [] : [`maxUnavailable must let at least one pod go, got ${most}`];
  }
  return pods(least, replicas) < replicas
    ? []
    : [`minAvailable must be below the ${replicas} pods that there are at least, got ${least}`];
}

/** How many pods a number or a percentage is, `NaN` where it is neither. */
function pods(value: unknown, replicas: number): number {
  const [, percentage] = /^(\d+)%$/.exec(`${value}`) ?? [];
  return percentage === undefined ? Number(value) : Math.ceil((Number(percentage) * replicas) / 100);
}

/** Pods that there are at least: the autoscaler's lower bound where there is one, for it overrides the number. */
function leastReplicas(tf: TerraformJson, template: PodTemplate): number {
  const autoscaler = objectsBeside<AutoscalerSpec>(tf, "HorizontalPodAutoscaler", template).find(
    ({ spec: { scaleTargetRef } }) => scaleTargetRef.kind === template.kind && scaleTargetRef.name === template.name,
  );
  const replicas = autoscaler === undefined ? template.replicas : autoscaler.spec.minReplicas;
  return replicas ?? DEFAULT_REPLICAS;
}
