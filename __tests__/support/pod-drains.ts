import { selects } from "./label-selector";
import { type PodTemplate, podTemplatesOf } from "./pod-templates";
import { type Arguments, resourcesOf, type TerraformJson } from "./synthesized";
import { blockOf } from "./terraform-blocks";

/** Kinds that a budget and an autoscaler are for, by the names that an autoscaler's target has for them. */
const KINDS: Readonly<Partial<Record<PodTemplate["type"], string>>> = {
  kubernetes_deployment_v1: "Deployment",
  kubernetes_stateful_set_v1: "StatefulSet",
};
/** Kubernetes' own, where no namespace or number is said. */
const DEFAULTS = { namespace: "default", replicas: 1 } as const;

/** Deployments and StatefulSets that a node's drain would wait for in vain, or would take whole. */
export const drainProblems = (tf: TerraformJson): string[] =>
  podTemplatesOf(tf)
    .filter(({ type }) => type in KINDS)
    .flatMap((template) => {
      const selecting = specsOf(tf, "kubernetes_pod_disruption_budget_v1", template).filter(({ spec }) => {
        // A budget without a selector is for no pod, one with an empty selector for all of its namespace.
        const selector = blockOf(spec, "selector");
        return selector !== undefined && selects(selector, template.labels);
      });
      const [budget] = selecting;
      if (budget === undefined || selecting.length > 1) {
        const got = selecting.map(({ name }) => name).join(", ") || "none";
        return [
          `${template.address}: exactly one kubernetes_pod_disruption_budget_v1 must select its pods, got ${got}`,
        ];
      }
      return budgetProblems(budget.spec, leastReplicas(tf, template)).map(
        (problem) => `${template.address}: budget ${budget.name}: ${problem}`,
      );
    });

function budgetProblems({ max_unavailable: most, min_available: least }: Arguments, replicas: number): string[] {
  if ((most === undefined) === (least === undefined)) return ["either max_unavailable or min_available must be set"];
  // Kubernetes rounds either percentage up.
  if (most !== undefined) {
    return pods(most, replicas) >= 1 ? [] : [`max_unavailable must let at least one pod go, got ${most}`];
  }
  return pods(least, replicas) < replicas
    ? []
    : [`min_available must be below the ${replicas} pods that there are at least, got ${least}`];
}

/** How many pods a number or a percentage is, `NaN` where it is neither. */
function pods(value: unknown, replicas: number): number {
  const [, percentage] = /^(\d+)%$/.exec(`${value}`) ?? [];
  return percentage === undefined ? Number(value) : Math.ceil((Number(percentage) * replicas) / 100);
}

/** Pods that there are at least: the autoscaler's lower bound where there is one, for it overrides the number. */
function leastReplicas(tf: TerraformJson, template: PodTemplate): number {
  const autoscaler = specsOf(tf, "kubernetes_horizontal_pod_autoscaler_v2", template).find(({ spec }) => {
    const target = blockOf(spec, "scale_target_ref");
    return target?.kind === KINDS[template.type] && target?.name === template.name;
  });
  const replicas = autoscaler === undefined ? template.replicas : autoscaler.spec.min_replicas;
  return Number(replicas ?? DEFAULTS.replicas);
}

/** Resources of a type that are in the namespace of a pod. */
const specsOf = (tf: TerraformJson, type: string, { namespace = DEFAULTS.namespace }: PodTemplate) =>
  resourcesOf(tf, type).flatMap((resource) => {
    const metadata: Arguments = { namespace: DEFAULTS.namespace, ...blockOf(resource, "metadata") };
    return metadata.namespace === namespace ? [{ name: metadata.name, spec: blockOf(resource, "spec") ?? {} }] : [];
  });
