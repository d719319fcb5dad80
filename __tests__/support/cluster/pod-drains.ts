import { type Arguments, resourcesOf, type TerraformJson } from "../synthesis/synthesized";
import { blockOf } from "../synthesis/terraform-blocks";
import { type Labels, selects } from "./label-selector";
import { type PodTemplate, podTemplatesOf } from "./pod-templates";

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
      const selecting = budgetsOf(tf, template).filter(
        // A budget without a selector is for no pod, one with an empty selector for all of its namespace.
        ({ spec: { selector } }) =>
          selector !== undefined && selects({ match_labels: selector.matchLabels }, template.labels),
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

/** A budget of policy/v1, as a release's values have it. */
interface Budget {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly maxUnavailable?: number | string;
    readonly minAvailable?: number | string;
    readonly unhealthyPodEvictionPolicy?: string;
    readonly selector?: { readonly matchLabels?: Labels };
  };
}

/** Budgets in the namespace of a pod. */
const budgetsOf = (tf: TerraformJson, { namespace = DEFAULTS.namespace }: PodTemplate) =>
  resourcesOf(tf, "helm_release")
    .filter((release) => release.namespace === namespace)
    .flatMap(({ values = [] }) => values as readonly string[])
    .flatMap((text) => (JSON.parse(text) as { readonly resources?: readonly Budget[] }).resources ?? [])
    .filter(({ kind }) => kind === "PodDisruptionBudget")
    .map(({ metadata: { name }, spec }) => ({ name, spec }));

function budgetProblems(
  { maxUnavailable: most, minAvailable: least, unhealthyPodEvictionPolicy: policy }: Budget["spec"],
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
