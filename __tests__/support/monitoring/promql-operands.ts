// It comes in both kinds of modules, but its types are of one alone.
type PromQL = typeof import("@prometheus-io/lezer-promql", { with: { "resolution-mode": "import" }});
const { parser } = require("@prometheus-io/lezer-promql") as PromQL;
type Node = ReturnType<typeof parser.parse>["topNode"];

/** Operators that leave out what does not meet them, wherever in an expression they are. */
const CHOOSING = ["Eql", "Neq", "Gtr", "Gte", "Lss", "Lte", "And", "Or", "Unless"];

/**
 * What an expression chooses from: the operands of its comparisons, without them. An alert that does not fire gives
 * nothing, but what it watches must give something; of `absent`, what would be missed.
 */
export function operandsOf(expr: string): readonly string[] {
  const found: string[] = [];
  const visit = (node: Node): void => {
    const children = childrenOf(node);
    const text = expr.slice(node.from, node.to);
    if (!has(node, ({ name }) => name === "VectorSelector")) return;
    if (/^absent\b/.test(text) || has(node, chooses)) children.forEach(visit);
    else if (node.name === "PromQL" || node.name === "ParenExpr" || node.name === "FunctionCallBody")
      children.forEach(visit);
    else found.push(text);
  };
  visit(parser.parse(expr).topNode);
  return found;
}

const chooses = (node: Node): boolean =>
  node.name === "BinaryExpr" && CHOOSING.some((operator) => node.getChild(operator) !== null);

function has(node: Node, is: (node: Node) => boolean): boolean {
  return is(node) || childrenOf(node).some((child) => has(child, is));
}

function childrenOf(node: Node): readonly Node[] {
  const children: Node[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}
