import type { CATALOGUE } from "./catalogue";
import type { TARGET_LABELS } from "./metric";

type Catalogue = typeof CATALOGUE;
type MetricName = keyof Catalogue & string;

/** What a metric is stored as: a histogram as three. */
type SeriesOf<M extends MetricName> = Catalogue[M]["type"] extends "histogram"
  ? `${M}_bucket` | `${M}_sum` | `${M}_count`
  : M;
type MetricOf<S> = { [M in MetricName]: S extends SeriesOf<M> ? M : never }[MetricName];

/** Every series that something exports. */
export type SeriesName = { [M in MetricName]: SeriesOf<M> }[MetricName];

type LabelsOf<S extends SeriesName> = Catalogue[MetricOf<S>]["labels"] &
  typeof TARGET_LABELS &
  (S extends `${string}_bucket` ? { readonly le: readonly string[] } : unknown);

/** By a pattern, or by what it must not be. */
export interface Pattern {
  readonly operator: "=~" | "!~" | "!=";
  readonly value: string;
}

/** What a label must be: one value, one of several, or a pattern. */
type Matcher<Values> = Values extends readonly (infer Value)[] ? Value | readonly Value[] | Pattern : never;

export type Matchers<S extends SeriesName> = { readonly [L in keyof LabelsOf<S>]?: Matcher<LabelsOf<S>[L]> };

export const like = (value: string): Pattern => ({ operator: "=~", value });
export const unlike = (value: string): Pattern => ({ operator: "!~", value });
export const not = (value: string): Pattern => ({ operator: "!=", value });

type AnyMatcher = string | readonly string[] | Pattern;

/** A selector of series that exist, by labels and values that they have: others do not compile. */
export function series<S extends SeriesName>(name: S, matchers?: Matchers<S>): string;
export function series(name: string, matchers: Readonly<Record<string, AnyMatcher | undefined>> = {}): string {
  const written = Object.entries(matchers).flatMap(([label, matcher]) =>
    matcher === undefined ? [] : [matcherText(label, matcher)],
  );
  return written.length === 0 ? name : `${name}{${written.join(",")}}`;
}

function matcherText(label: string, matcher: AnyMatcher): string {
  if (typeof matcher === "string") return `${label}=${JSON.stringify(matcher)}`;
  if ("operator" in matcher) return `${label}${matcher.operator}${JSON.stringify(matcher.value)}`;
  return `${label}=~${JSON.stringify(matcher.join("|"))}`;
}
