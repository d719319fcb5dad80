import type { Construct } from "constructs";
import { characterMessages, HIDDEN } from "./characters";
import { nearestKey } from "./nearest-key";
import { isPlainObject } from "./plain-object";
import { alternatives, mismatch, type Problem, pathBelow, shown, throwIfAny } from "./problems";
import { readGiven } from "./readable";
import { LIST, NUMBER, PART_OF_NAME, PART_OF_TEXT, type TokensAllowed, tokenMessages } from "./token-messages";
import { isToken } from "./tokens";

/** What a value must be. Rules never throw: they list what is wrong, so that all of it is said at once. */
export interface Rule {
  /** Completes "must be …". */
  readonly allowed: string;
  readonly isOptional?: boolean;
  /** What is below it: the rules of an object's keys, or the one rule of the values of a map or of the elements of a list. */
  readonly below?: { readonly keys: Readonly<Record<string, Rule>> } | { readonly each: Rule };
  problemsOf(value: unknown, path: string): readonly Problem[];
}

/** One rule for each key of `T`: a key added to the type does not compile until it has its rule. */
export type Rules<T> = { readonly [K in keyof Required<T>]: Rule };

/** Lowest and highest value allowed, both included. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/**
 * A value that one test decides, or a token, by default one of a text. What is a text but can't be decided beside its
 * tokens must be such as names and addresses are.
 */
export function rule(
  allowed: string,
  isAllowed: (value: unknown) => boolean,
  tokens: TokensAllowed = PART_OF_NAME,
): Rule {
  return {
    allowed,
    problemsOf: (value, path) =>
      (
        characterMessages(value) ??
        tokenMessages(value, allowed, tokens) ??
        (isAllowed(value) ? [] : [mismatch(allowed, value)])
      ).map((message) => ({ path, message })),
  };
}

/** A value by which it is decided what to make: a token would come too late. */
export const known = (inner: Rule): Rule => ({
  ...inner,
  problemsOf: (value, path) =>
    isToken(value)
      ? [{ path, message: `must be ${inner.allowed}, known at synth, got ${shown(value)}` }]
      : inner.problemsOf(value, path),
});

export const isTrueOrFalse = known(rule("true or false", (value) => typeof value === "boolean"));

export const oneOf = (values: readonly string[]): Rule =>
  known(rule(alternatives(values), (value) => typeof value === "string" && values.includes(value)));

export const wholeNumber = ({ min, max }: Bounds): Rule =>
  rule(
    `a whole number from ${min} to ${max}`,
    (value) => Number.isInteger(value) && within({ min, max }, value as number),
    NUMBER,
  );

/** A text of a form, on one line, all of whose characters show. */
export const text = (allowed: string, pattern: RegExp): Rule =>
  rule(allowed, (value) => typeof value === "string" && !HIDDEN.test(value) && pattern.test(value));

/** A text without a form, such as an expression: Terraform gets it literally, but for its tokens. */
export const freeText = (allowed: string, isAllowed: (text: string) => boolean): Rule =>
  refined<string>(
    rule(allowed, (value) => typeof value === "string", PART_OF_TEXT),
    (value, path) => (isAllowed(value) ? [] : [{ path, message: mismatch(allowed, value) }]),
  );

/** More than blanks. */
export const isText: Rule = freeText("a text", (value) => /\S/.test(value));

/** A list whose elements types alone describe. */
export const list = (allowed: string): Rule => rule(allowed, Array.isArray, LIST);

/** A value that is a construct, or another object that types alone describe. */
export const given = (allowed: string): Rule => rule(allowed, (value) => typeof value === "object" && value !== null);

/** What is wrong with a number that must not be below another; what Terraform computes can't be compared. */
export const belowProblems = (
  value: number | undefined,
  least: { readonly what: string; readonly is: number },
  path: string,
): readonly Problem[] =>
  value === undefined || [value, least.is].some(isToken) || value >= least.is
    ? []
    : [{ path, message: `must be at least ${least.what}, ${least.is}, got ${value}` }];

export const within = ({ min, max }: Bounds, value: number): boolean => value >= min && value <= max;

export const optional = (inner: Rule): Rule => ({
  ...inner,
  isOptional: true,
  problemsOf: (value, path) => (value === undefined ? [] : inner.problemsOf(value, path)),
});

/** A list, or an object's values, in which nothing stands twice. */
export const unique = (inner: Rule): Rule => ({
  ...inner,
  problemsOf(value, path) {
    const problems = inner.problemsOf(value, path);
    if (typeof value !== "object" || value === null || problems.some((it) => it.path === path)) return problems;
    const entries = Object.entries(value).map(([key, each]) => ({
      path: pathBelow(path, Array.isArray(value) ? Number(key) : key),
      each,
    }));
    const twice = entries.filter(({ each }, index) => entries.slice(0, index).some((other) => other.each === each));
    return [
      ...problems,
      ...twice
        .filter((entry) => !problems.some((it) => it.path === entry.path))
        .map((entry) => ({ path: entry.path, message: `must be given once, got ${shown(entry.each)} twice` })),
    ];
  },
});

/** A list of so many, of which each element is used. */
export const listOf = (item: Rule, bounds: Bounds = { min: 1, max: 100 }): Rule =>
  known(computableListOf(item, bounds));

/** A list of so many, which is used as a whole alone: a list token passes, as its length can't be known. */
export function computableListOf(item: Rule, { min, max }: Bounds): Rule {
  const allowed = `a list of ${min === max ? min : `${min} to ${max}`}, each ${item.allowed}`;
  return {
    allowed,
    below: { each: item },
    problemsOf(value, path) {
      if (!Array.isArray(value) || value.length > max) return [{ path, message: mismatch(allowed, value) }];
      if (isToken(value)) return [];
      return [
        ...(value.length < min ? [{ path, message: mismatch(allowed, value) }] : []),
        ...Array.from<unknown>(value).flatMap((each, index) => item.problemsOf(each, `${path}[${index}]`)),
      ];
    },
  };
}

/** An object with keys of the user's own. */
export function mapOf(item: Rule, name: Rule = text("a name", /\S/)): Rule {
  const allowed = `an object, each value ${item.allowed}`;
  const key = known(refined<string>(name, lostKeyProblems));
  return known({
    allowed,
    below: { each: item },
    problemsOf: (value, path) =>
      isPlainObject(value)
        ? Object.entries(value).flatMap(([each, content]) => [
            ...key.problemsOf(each, `${path}.${each}`),
            ...item.problemsOf(content, `${path}.${each}`),
          ])
        : [{ path, message: mismatch(allowed, value) }],
  });
}

/** JSON has this key like any other; JavaScript loses it where an object is copied key by key. */
const lostKeyProblems = (key: string, path: string): readonly Problem[] =>
  key === "__proto__" ? [{ path, message: `must be another name, got ${shown(key)}` }] : [];

/** A check of keys against each other, made where each of them is sound by itself. */
export interface Relation<T> {
  readonly between: readonly (keyof T & string)[];
  problemsOf(value: T, path: string): readonly Problem[];
}

/**
 * An object with these keys of its own and no others. A misspelt key is answered with the one that was meant, and its
 * value is checked as that one's.
 */
export function shape<T>(rules: Rules<T>, ...relations: readonly Relation<T>[]): Rule {
  const entries = Object.entries<Rule>(rules);
  const keys = entries.map(([key]) => key);
  const required = entries.filter(([, inner]) => !inner.isOptional).map(([key]) => key);
  const allowed = `an object with ${alternatives(required.length > 0 ? required : keys, "and")}`;
  return known({
    allowed,
    below: { keys: rules },
    problemsOf(value, path) {
      if (!isPlainObject(value)) return [{ path, message: mismatch(allowed, value) }];
      const strangers = Object.keys(value).filter((key) => !keys.includes(key));
      const meant = new Map(strangers.map((stranger) => [stranger, nearestKey(stranger, keys)]));
      const found = entries.map(([key, inner]) => {
        const stranger = Object.hasOwn(value, key) ? undefined : strangers.find((it) => meant.get(it) === key);
        const written = stranger ?? key;
        const own = Object.hasOwn(value, written) ? value[written] : undefined;
        const problems = inner.problemsOf(own, `${path}.${written}`);
        return { key, problems, isSound: stranger === undefined && problems.length === 0 };
      });
      const sound = found.filter(({ isSound }) => isSound).map(({ key }) => key);
      return [
        ...strangers.map((key) => ({ path: `${path}.${key}`, message: unknownKey(meant.get(key), keys, value) })),
        ...found.flatMap(({ problems }) => problems),
        ...relations
          .filter(({ between }) => between.every((key) => sound.includes(key)))
          .flatMap((relation) => relation.problemsOf(value as T, path)),
      ];
    },
  });
}

/** An object, such as a construct, that has these attributes among others. */
export function having<T>(what: string, rules: Rules<T>): Rule {
  const entries = Object.entries<Rule>(rules);
  const required = entries.filter(([, inner]) => !inner.isOptional).map(([key]) => key);
  return refined<Record<string, unknown>>(given(`${what} with ${alternatives(required, "and")}`), (value, path) =>
    entries.flatMap(([key, inner]) => inner.problemsOf(value[key], `${path}.${key}`)),
  );
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

/**
 * The props of a construct without keys that are explicitly undefined.
 * @throws {InvalidConfigurationError} with every problem of the props, under the construct's path.
 */
export function checkProps<T>(
  construct: Construct,
  props: T,
  rules: Rules<T>,
  ...relations: readonly Relation<T>[]
): T {
  const given = readGiven(props, construct.node.path);
  throwIfAny(shape<T>(rules, ...relations).problemsOf(given, construct.node.path));
  return given;
}

function unknownKey(meant: string | undefined, keys: readonly string[], value: object): string {
  if (meant === undefined) return `is not a key here, allowed are ${alternatives(keys, "and")}`;
  return `is not a key here, did you mean '${meant}'${Object.hasOwn(value, meant) ? ", which is there too" : ""}?`;
}
