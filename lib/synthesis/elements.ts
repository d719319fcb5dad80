import { TerraformElement, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";

/** The elements in the order of the tree, without those of stacks within the stack. */
export function elementsOf(node: IConstruct, elements: TerraformElement[] = []): TerraformElement[] {
  if (TerraformElement.isTerraformElement(node)) elements.push(node);
  for (const child of node.node.children) if (!TerraformStack.isStack(child)) elementsOf(child, elements);
  return elements;
}

/** The stacks below a construct, at any depth, without stacks within stacks. */
export const stacksWithin = (scope: IConstruct): TerraformStack[] =>
  scope.node.children.flatMap((it) => (TerraformStack.isStack(it) ? [it] : stacksWithin(it)));
