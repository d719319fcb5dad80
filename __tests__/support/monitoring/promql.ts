import { CATALOGUE } from "../../../lib/monitoring/metrics/catalogue";
import { ANY, type Metric, TARGET_LABELS } from "../../../lib/monitoring/metrics/metric";
import type { Recording } from "../../../lib/monitoring/rules/alert";

// It comes in both kinds of modules, but its types are of one alone.
type PromQL = typeof import("@prometheus-io/lezer-promql", { with: { "resolution-mode": "import" }});
const { parser } = require("@prometheus-io/lezer-promql") as PromQL;

type Node = ReturnType<typeof parser.parse>["topNode"];
/** Labels of what an expression gives, each with the values that it can have, or with none where it may be any. */
export type Labels = ReadonlyMap<string, readonly string[]>;

/**
 * What is wrong with an expression, by the catalogue of what is exported: series, labels and values that nothing
 * has, labels that an aggregation has dropped, and sides of an operator that no series would ever have in common.
 */
export const expressionProblems = (expr: string, recordings: readonly Recording[]): string[] =>
  read(expr, recordings).problems;

/** The labels of what an expression gives: all that an alert's text or a panel's legend may name. */
export const labelsOf = (expr: string, recordings: readonly Recording[]): Labels => read(expr, recordings).labels;

function read(written: string, recordings: readonly Recording[]) {
  // Grafana's own variables stand where only a duration may; those within quotes are kept.
  const expr = written.replaceAll(/\$__(?:rate_interval|interval|range)\b/g, "5m");
  const reader = new Reader(expr, recordings);
  const { topNode } = parser.parse(expr);
  const labels = reader.labelsAt(topNode);
  topNode.cursor().iterate(({ type, from }) => {
    if (type.isError) reader.problems.push(`is no PromQL at '${expr.slice(from, from + 30)}'`);
  });
  return { problems: reader.problems, labels: labels ?? NO_LABELS };
}

const NO_LABELS: Labels = new Map();
/** A whole number in `le` is stored as `1.0` by Prometheus 3, whichever way it was exported, and as it was by 2. */
const bounds = (buckets: readonly number[]) => [
  ...buckets.flatMap((it) => (Number.isInteger(it) ? [`${it}`, it.toFixed(1)] : [`${it}`])),
  "+Inf",
];
/** Functions of how fast a counter counts, which are nonsense for a gauge, and the other way round. */
const OF_COUNTERS = ["rate", "irate", "increase", "resets"];
const OF_GAUGES = ["delta", "idelta", "deriv", "predict_linear"];
/** They choose series, and leave them their labels. */
const CHOOSING = ["topk", "bottomk", "limitk", "limit_ratio"];

class Reader {
  readonly problems: string[] = [];

  constructor(
    private readonly expr: string,
    private readonly recordings: readonly Recording[],
  ) {}

  /** Nothing for a number, which has no labels to match. */
  labelsAt(node: Node): Labels | undefined {
    const children = childrenOf(node);
    switch (node.name) {
      case "VectorSelector":
        return this.selector(node);
      case "AggregateExpr":
        return this.aggregation(node);
      case "FunctionCall":
        return this.call(node);
      case "BinaryExpr":
        return this.operation(node);
      default:
        return children.map((child) => this.labelsAt(child)).find((labels) => labels !== undefined);
    }
  }

  private selector(node: Node): Labels {
    const name = this.text(node.getChild("Identifier"));
    const labels = labelsOfSeries(name, this.recordings);
    if (labels === undefined) {
      this.problem(`'${name}' is exported by nothing and recorded by no rule`);
      return NO_LABELS;
    }
    const narrowed = new Map(labels);
    for (const matcher of node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? []) {
      const label = this.text(matcher.getChild("LabelName"));
      const operator = this.text(matcher.getChild("MatchOp"));
      const value = JSON.parse(this.text(matcher.getChild("StringLiteral"))) as string;
      const values = labels.get(label);
      if (values === undefined) this.problem(`'${name}' has no label '${label}'`);
      else narrowed.set(label, this.matched(`'${label}' of '${name}'`, values, operator, value));
    }
    return narrowed;
  }

  /** The values that a matcher leaves. Each that it names must be one that there is, whether it is wanted or not. */
  private matched(what: string, values: readonly string[], operator: string, value: string): readonly string[] {
    // Of a dashboard's variable it is not known here what it will be.
    if (/\$[\w{]/.test(value)) return values;
    if (values.length === 0) return operator === "=" ? [value] : values;
    const isPattern = operator.includes("~");
    const named = (isPattern ? alternativesIn(value) : [value]).map((text) => ({
      text,
      pattern: new RegExp(`^(?:${isPattern ? text : escaped(text)})$`),
    }));
    for (const { text, pattern } of named)
      if (!values.some((each) => pattern.test(each))) this.problem(`${what} is never '${text}'`);
    return values.filter((each) => named.some(({ pattern }) => pattern.test(each)) !== operator.startsWith("!"));
  }

  private aggregation(node: Node): Labels {
    const operator = this.text(node.getChild("AggregateOp"));
    const operands = childrenOf(node.getChild("FunctionCallBody")).map((child) => this.labelsAt(child));
    const inner = operands.find((labels) => labels !== undefined) ?? NO_LABELS;
    const modifier = node.getChild("AggregateModifier");
    const grouping = this.grouping(modifier?.getChild("GroupingLabels"));
    this.demand(inner, grouping, this.text(modifier ?? null));
    if (CHOOSING.includes(operator)) return inner;
    if (modifier?.getChild("Without")) return withoutLabels(inner, grouping);
    const kept = new Map(grouping.map((label) => [label, inner.get(label) ?? []]));
    return operator === "count_values" ? kept.set(this.literals(node)[0] ?? "", []) : kept;
  }

  private call(node: Node): Labels | undefined {
    const name = this.text(node.getChild("FunctionIdentifier"));
    const parameters = childrenOf(node.getChild("FunctionCallBody"));
    const labels = parameters.map((child) => this.labelsAt(child)).find((each) => each !== undefined);
    const kind = this.kindIn(node);
    if (OF_COUNTERS.includes(name) && kind === "gauge") this.problem(`${name}() of a gauge in '${this.text(node)}'`);
    if (OF_GAUGES.includes(name) && kind === "counter") this.problem(`${name}() of a counter in '${this.text(node)}'`);
    if (labels === undefined) return name === "vector" ? NO_LABELS : undefined;
    const literals = this.literals(node);
    switch (name) {
      case "scalar":
        return undefined;
      case "absent":
      case "absent_over_time":
        return parameters[0]?.name === "VectorSelector" ? this.given(parameters[0], labels) : NO_LABELS;
      case "histogram_quantile":
        this.demand(labels, ["le"], "histogram_quantile()");
        return withoutLabels(labels, ["le"]);
      case "label_replace":
        this.demand(labels, [literals[2] ?? ""], "label_replace()");
        return new Map([...labels, [literals[0] ?? "", []]]);
      case "label_join":
        this.demand(labels, literals.slice(2), "label_join()");
        return new Map([...labels, [literals[0] ?? "", []]]);
      default:
        return labels;
    }
  }

  private operation(node: Node): Labels | undefined {
    const [left, right] = [node.firstChild, node.lastChild].map((side) => side && this.labelsAt(side));
    if (!left || !right) return left ?? right ?? undefined;
    const clause = node.getChild("MatchingModifierClause");
    const groupings = clause?.getChildren("GroupingLabels") ?? [];
    const ofClause = this.grouping(groupings[0]);
    const isOn = clause?.getChild("On") != null;
    for (const side of [left, right]) if (isOn) this.demand(side, ofClause, this.text(clause));
    const match = (side: Labels) => [...side.keys()].filter((label) => ofClause.includes(label) === isOn).sort();
    const isUnion = node.getChild("Or") !== null;
    const text = this.text(node);
    if (!isUnion && match(left).join() !== match(right).join())
      this.problem(`matches '${match(left)}' with '${match(right)}' in '${text}'`);
    for (const label of isUnion ? [] : match(left).filter((it) => areApart(left.get(it), right.get(it))))
      this.problem(`'${label}' is never the same on both sides of '${text}'`);
    const [one, many] = clause?.getChild("GroupRight") ? [left, right] : [right, left];
    const taken = this.grouping(groupings[1]);
    this.demand(one, taken, this.text(clause ?? null));
    if (isUnion) return new Map([...left, ...right]);
    if (clause?.getChild("GroupLeft") || clause?.getChild("GroupRight"))
      return new Map([...many, ...taken.map((label) => [label, one.get(label) ?? ANY] as const)]);
    const keepsLeft = COMPARING.some((it) => node.getChild(it) !== null);
    return keepsLeft ? left : new Map([...left].filter(([label]) => match(left).includes(label)));
  }

  private demand(labels: Labels, wanted: readonly string[], where: string) {
    for (const label of wanted) if (!labels.has(label)) this.problem(`has no label '${label}' for '${where}'`);
  }

  /** What the only series in an expression counts or measures, where it is not one that another rule has worked out. */
  private kindIn(node: Node): "counter" | "gauge" | undefined {
    const names: string[] = [];
    node.cursor().iterate((it) => {
      if (it.name === "Identifier") names.push(this.expr.slice(it.from, it.to));
    });
    const [metric] = names.length === 1 ? metricOf(names[0] ?? "") : [];
    return metric && (metric.type === "gauge" ? "gauge" : "counter");
  }

  /** What `absent` can give back: labels that were asked for by `=`, and by that alone. */
  private given(selector: Node, labels: Labels): Labels {
    const matchers = selector.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? [];
    const equal = matchers.filter((it) => this.text(it.getChild("MatchOp")) === "=");
    const names = equal.map((it) => this.text(it.getChild("LabelName")));
    return new Map([...labels].filter(([label]) => names.includes(label)));
  }

  private grouping(node: Node | null | undefined): readonly string[] {
    return node?.getChildren("LabelName").map((it) => this.text(it)) ?? [];
  }

  private literals(node: Node): readonly string[] {
    const body = node.getChild("FunctionCallBody");
    return body?.getChildren("StringLiteral").map((it) => JSON.parse(this.text(it)) as string) ?? [];
  }

  private problem(text: string) {
    this.problems.push(text);
  }

  private text(node: Node | null): string {
    return node === null ? "" : this.expr.slice(node.from, node.to);
  }
}

/** Operators that give the left side's series as they are. */
const COMPARING = ["Eql", "Neq", "Gtr", "Gte", "Lss", "Lte", "And", "Unless"];

function metricOf(series: string): readonly [metric: Metric, part: string] | readonly [] {
  const metrics = new Map<string, Metric>(Object.entries(CATALOGUE));
  const [, name = series, part = ""] = /^(.*)_(bucket|sum|count)$/.exec(series) ?? [];
  const histogram = metrics.get(name);
  if (part !== "" && histogram?.type === "histogram") return [histogram, part];
  const metric = metrics.get(series);
  return metric === undefined || metric.type === "histogram" ? [] : [metric, ""];
}

function labelsOfSeries(name: string, recordings: readonly Recording[]): Labels | undefined {
  const recording = recordings.find(({ record }) => record === name);
  if (recording !== undefined) {
    const own = Object.fromEntries(recording.labels.map((label) => [label, ANY]));
    return new Map(Object.entries<readonly string[]>({ environment: ANY, side: TARGET_LABELS.side, ...own }));
  }
  const [metric, part] = metricOf(name);
  if (metric === undefined) return undefined;
  const labels: Labels = new Map(Object.entries<readonly string[]>({ ...TARGET_LABELS, ...metric.labels }));
  return part === "bucket" ? new Map([...labels, ["le", bounds(metric.buckets ?? [])]]) : labels;
}

/** What stands between the bars of a pattern; one with bars in parentheses is a single one. */
const alternativesIn = (pattern: string) => (pattern.includes("(") ? [pattern] : pattern.split("|"));
const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
const withoutLabels = (labels: Labels, dropped: readonly string[]): Labels =>
  new Map([...labels].filter(([label]) => !dropped.includes(label)));
const areApart = (left: readonly string[] = [], right: readonly string[] = []) =>
  left.length > 0 && right.length > 0 && !left.some((it) => right.includes(it));

function childrenOf(node: Node | null): readonly Node[] {
  const children: Node[] = [];
  for (let child = node?.firstChild ?? null; child !== null; child = child.nextSibling) children.push(child);
  return children;
}
