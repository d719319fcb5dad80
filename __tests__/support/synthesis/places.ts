import { isPlainObject } from "../../../lib/core/plain-object";
import type { Rule } from "../../../lib/core/rules";

/** Where a value is: keys, and indexes of lists. */
export type Place = readonly (string | number)[];

/** Every place of a value that the rules know: objects, maps and lists, and what is in them. */
export function placesIn(value: unknown, { below }: Rule, at: Place = []): readonly Place[] {
  if (below === undefined || typeof value !== "object" || value === null) return [at];
  const inner = Array.isArray(value)
    ? [...value.keys()].map((index) => ({ key: index, rule: "each" in below ? below.each : undefined }))
    : Object.keys(value).map((key) => ({ key, rule: "keys" in below ? below.keys[key] : below.each }));
  return [
    at,
    ...inner.flatMap(({ key, rule }) =>
      rule === undefined ? [] : placesIn((value as Record<string | number, unknown>)[key], rule, [...at, key]),
    ),
  ];
}

/** A place as a message writes it: `a.b[0].c`. */
export const written = (place: Place): string =>
  place.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");

/** A copy of a value with another at one place. */
export function withValueAt(whole: unknown, [key, ...rest]: Place, value: unknown): unknown {
  if (key === undefined) return value;
  const inner = withValueAt((whole as Record<string | number, unknown>)[key], rest, value);
  if (Array.isArray(whole)) return whole.map((each, index) => (index === key ? inner : each));
  return isPlainObject(whole) ? { ...whole, [key]: inner } : whole;
}

export const valueAt = (whole: unknown, place: Place): unknown =>
  place.reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], whole);
