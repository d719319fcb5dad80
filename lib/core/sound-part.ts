import { isPlainObject } from "./plain-object";

import type { Rule } from "./rules";
import { isToken } from "./tokens";

/**
 * A value without what its rule finds wrong, for checks between parts: what is unsound is as good as missing. A map keeps
 * its keys, which others may name.
 */
export function soundPart(value: unknown, rule: Rule): unknown {
  if (rule.problemsOf(value, "").length === 0) return value;
  const { below } = rule;
  if (below === undefined || !isPlainObject(value) || isToken(value)) return undefined;
  if ("each" in below) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, soundPart(each, below.each)]));
  }
  const sound = Object.entries(below.keys)
    .filter(([key]) => Object.hasOwn(value, key))
    .map(([key, inner]) => [key, soundPart(value[key], inner)] as const);
  return Object.fromEntries(sound.filter(([, part]) => part !== undefined));
}
