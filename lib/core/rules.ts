import { Token } from "cdktf";
import type { Construct } from "constructs";
import { closest, distance } from "fastest-levenshtein";
import { alternatives, type Problem, shown, throwIfAny } from "./problems";

/** What a value must be. Rules never throw: they list what is wrong, so that all of it is said at once. */
export interface Rule {
  /** Completes "must be …". */
  readonly allowed: string;
  readonly isOptional?: boolean;
  problemsOf(value: unknown, path: string): readonly Problem[];
}

/** One rule for each key of `T`: a key added to the type does not compile until it has its rule. */
export type Rules<T> = { readonly [K in keyof Required<T>]: Rule };

/** Lowest and highest value allowed, both included. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** A value that one test decides. Tokens pass: what Terraform computes can't be judged at synth. */
export function rule(allowed: string, isAllowed: (value: unknown) => boolean): Rule {
  return {
    allowed,
    problemsOf: (value, path) =>
      Token.isUnresolved(value) || isAllowed(value) ? [] : [{ path, message: mismatch(allowed, value) }],
  };
}

/** `must be X, got Y`, or what is missing. */
export function mismatch(allowed: string, value: unknown): string {
  return value === undefined ? `is missing, must be ${allowed}` : `must be ${allowed}, got ${shown(value)}`;
}

/** A value by which it is decided what to make: a token would come too late. */
export const known = (inner: Rule): Rule => ({
  ...inner,
  problemsOf: (value, path) =>
    Token.isUnresolved(value)
      ? [{ path, message: `must be ${inner.allowed}, known at synth, got a token` }]
      : inner.problemsOf(value, path),
});

export const isTrueOrFalse = known(rule("true or false", (value) => typeof value === "boolean"));

export const oneOf = (values: readonly string[]): Rule =>
  known(rule(alternatives(values), (value) => typeof value === "string" && values.includes(value)));

export const wholeNumber = ({ min, max }: Bounds): Rule =>
  rule(
    `a whole number from ${min} to ${max}`,
    (value) => Number.isInteger(value) && within({ min, max }, value as number),
  );

export const text = (allowed: string, pattern: RegExp): Rule =>
  rule(allowed, (value) => typeof value === "string" && pattern.test(value));

/** A value that is a construct, or another object that types alone describe. */
export const given = (allowed: string): Rule => rule(allowed, (value) => typeof value === "object" && value !== null);

export const within = ({ min, max }: Bounds, value: number): boolean => value >= min && value <= max;

export const optional = (inner: Rule): Rule => ({
  allowed: inner.allowed,
  isOptional: true,
  problemsOf: (value, path) => (value === undefined ? [] : inner.problemsOf(value, path)),
});

/** A list, or an object's values, in which nothing stands twice. */
export const unique = (inner: Rule): Rule =>
  refined<readonly unknown[] | Readonly<Record<string, unknown>>>(inner, (values, path) => {
    const entries = Object.entries(values);
    return entries.flatMap(([key, value], index) =>
      entries.findIndex(([, other]) => other === value) === index
        ? []
        : [
            {
              path: Array.isArray(values) ? `${path}[${key}]` : `${path}.${key}`,
              message: `must be given once, got ${shown(value)} twice`,
            },
          ],
    );
  });

export function listOf(item: Rule, { min, max }: Bounds = { min: 1, max: 100 }): Rule {
  const allowed = `a list of ${min === max ? min : `${min} to ${max}`}, each ${item.allowed}`;
  return {
    allowed,
    problemsOf(value, path) {
      if (Token.isUnresolved(value)) return [];
      if (!Array.isArray(value) || !within({ min, max }, value.length))
        return [{ path, message: mismatch(allowed, value) }];
      return Array.from(value as unknown[]).flatMap((each, index) => item.problemsOf(each, `${path}[${index}]`));
    },
  };
}

/** An object with keys of the user's own. */
export function mapOf(item: Rule, name: Rule = text("a name", /\S/)): Rule {
  const allowed = `an object, each value ${item.allowed}`;
  return {
    allowed,
    problemsOf: (value, path) =>
      isObject(value)
        ? Object.entries(value).flatMap(([key, each]) => [
            ...name.problemsOf(key, `${path}.${key}`),
            ...item.problemsOf(each, `${path}.${key}`),
          ])
        : [{ path, message: mismatch(allowed, value) }],
  };
}

/** An object with these keys and no others; a misspelt key is answered with the one that was meant. */
export function shape<T>(rules: Rules<T>): Rule {
  const keys = Object.keys(rules);
  const required = keys.filter((key) => !(rules as Record<string, Rule>)[key]?.isOptional);
  const allowed = `an object with ${alternatives(required.length > 0 ? required : keys, "and")}`;
  return {
    allowed,
    problemsOf(value, path) {
      if (!isObject(value)) return [{ path, message: mismatch(allowed, value) }];
      const strangers = Object.keys(value).filter((key) => !keys.includes(key));
      const meant = new Map(strangers.map((stranger) => [stranger, nearest(stranger, keys)]));
      return [
        ...strangers.map((key) => ({ path: `${path}.${key}`, message: unknownKey(meant.get(key), keys, value) })),
        ...Object.entries<Rule>(rules)
          .filter(([key]) => Object.hasOwn(value, key) || ![...meant.values()].includes(key))
          .flatMap(([key, inner]) => inner.problemsOf(value[key], `${path}.${key}`)),
      ];
    },
  };
}

/** A rule with a check over the whole value, made only where its parts are sound. */
export function refined<T>(inner: Rule, check: (value: T, path: string) => readonly Problem[]): Rule {
  return {
    ...inner,
    problemsOf(value, path) {
      const problems = inner.problemsOf(value, path);
      return problems.length > 0 || value === undefined ? problems : check(value as T, path);
    },
  };
}

/** @throws {InvalidConfigurationError} with every problem of a construct's props, under the construct's path. */
export function checkProps<T>(construct: Construct, props: T, rules: Rules<T>): void {
  throwIfAny(shape<T>(rules).problemsOf(props, construct.node.path));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The key that was meant: within a third of its length, or one that begins as the other does. */
function nearest(stranger: string, keys: readonly string[]): string | undefined {
  const lowered = keys.map((key) => key.toLowerCase());
  const wanted = stranger.toLowerCase();
  const beginning = lowered.find(
    (key) => wanted.length >= SHORTEST_BEGINNING && (key.startsWith(wanted) || wanted.startsWith(key)),
  );
  const best = beginning ?? closest(wanted, lowered);
  const isNear = beginning !== undefined || distance(wanted, best) <= Math.max(2, Math.ceil(best.length / 3));
  return isNear ? keys[lowered.indexOf(best)] : undefined;
}

/** Fewer letters begin too many words. */
const SHORTEST_BEGINNING = 3;

function unknownKey(meant: string | undefined, keys: readonly string[], value: object): string {
  if (meant === undefined) return `is not a key here, allowed are ${alternatives(keys, "and")}`;
  return `is not a key here, did you mean '${meant}'${Object.hasOwn(value, meant) ? ", which is there too" : ""}?`;
}
