import { Tokenization } from "cdktf";
import { withoutUndefined } from "./defaults";
import { isPlainObject } from "./plain-object";
import { type Problem, pathBelow, throwIfAny } from "./problems";

/** What of a value's keys and elements can't be read: a getter or a proxy that throws, and what contains itself. */
export function unreadableProblems(
  value: unknown,
  path: string,
  containing: readonly unknown[] = [],
): readonly Problem[] {
  if (containing.includes(value)) return [{ path, message: "must not contain itself" }];
  try {
    const isRead = Array.isArray(value) || (isPlainObject(value) && !Tokenization.isResolvable(value));
    if (!isRead) return [];
    const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
    return keys.flatMap((key) => elementProblems(value as never, key, pathBelow(path, key), [...containing, value]));
  } catch (error) {
    return [unreadable(path, error)];
  }
}

function elementProblems(
  value: Readonly<Record<string | number, unknown>>,
  key: string | number,
  path: string,
  containing: readonly unknown[],
): readonly Problem[] {
  let element: unknown;
  try {
    element = value[key];
  } catch (error) {
    return [unreadable(path, error)];
  }
  return unreadableProblems(element, path, containing);
}

const unreadable = (path: string, error: unknown): Problem => ({
  path,
  message: `must be readable, but reading it throws ${error instanceof Error ? error.message : typeof error}`,
});

/**
 * A value without the keys that are explicitly undefined.
 * @throws {InvalidConfigurationError} with everything in it that can't be read.
 */
export function readGiven<T>(value: T, path: string): T {
  try {
    return withoutUndefined(value);
  } catch (error) {
    throwIfAny(unreadableProblems(value, path));
    throw error;
  }
}
