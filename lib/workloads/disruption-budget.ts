import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { ManifestRelease } from "../kubernetes/manifest-release";

export interface DisruptionBudgetProps {
  /** The service's name. */
  readonly name: string;
  readonly namespace: string;
  /** Labels of the pods by the budgets' names: each budget is for pods of its own. */
  readonly selectors: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What must stand before it: its namespace. @default - nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/**
 * One pod may be taken away at a time: the drain of a node always goes on, and never takes two that work. A pod that does
 * not work never holds it up, as it would by default: an idle color that fails must not keep nodes from being renewed. The
 * provider's own resource has no argument for that.
 */
export class DisruptionBudget extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, selectors, dependsOn }: DisruptionBudgetProps) {
    super(scope, id);
    new ManifestRelease(this, "Resource", {
      name: `${name}-budget`,
      namespace,
      manifests: Object.entries(selectors).map(([budget, matchLabels]) => ({
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        metadata: { name: budget },
        spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow", selector: { matchLabels } },
      })),
      dependsOn,
    });
  }
}
