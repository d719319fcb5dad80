import { PodDisruptionBudgetV1 } from "@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

export interface DisruptionBudgetProps {
  readonly name: string;
  readonly namespace: string;
  /** Labels of the pods. */
  readonly selector: Readonly<Record<string, string>>;
  /** What must stand before it: its namespace. @default - nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** One pod may be taken away at a time: the drain of a node always goes on, and never takes two. */
export class DisruptionBudget extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, selector, dependsOn = [] }: DisruptionBudgetProps) {
    super(scope, id);
    new PodDisruptionBudgetV1(this, "Resource", {
      metadata: { name, namespace },
      spec: { maxUnavailable: "1", selector: { matchLabels: { ...selector } } },
      dependsOn: [...dependsOn],
    });
  }
}
