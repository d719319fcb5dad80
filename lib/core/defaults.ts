import { Tokenization } from "cdktf";
import { isPlainObject } from "./plain-object";

/**
 * A value without the keys that are explicitly undefined, at any depth: `{ storage: undefined }` becomes `{}`. To a user
 * both mean that nothing is given, but `{ ...defaults, ...given }`, `in` and `Object.keys` see a difference. Elements of
 * lists, instances of classes and tokens stay as they are.
 * @returns the value itself where it has no such key.
 */
export function withoutUndefined<T>(value: T): T {
  if (Array.isArray(value)) {
    const elements = Array.from<unknown>(value).map(withoutUndefined);
    return elements.every((each, index) => each === value[index]) ? value : (elements as T);
  }
  if (!isPlainObject(value) || Tokenization.isResolvable(value)) return value;
  const entries = Object.entries(value);
  const given = entries
    .filter(([, each]) => each !== undefined)
    .map(([key, each]): [string, unknown] => [key, withoutUndefined(each)]);
  const isSame = given.length === entries.length && given.every(([, each], index) => each === entries[index]?.[1]);
  return isSame ? value : (Object.fromEntries(given) as T);
}

/** The options that are given, and the default of each other. An option that is explicitly undefined is not given. */
export const withDefaults = <Defaults extends object, Options extends object>(
  defaults: Defaults,
  options: Options | undefined,
): Defaults & Options => ({ ...defaults, ...withoutUndefined(options) }) as Defaults & Options;
