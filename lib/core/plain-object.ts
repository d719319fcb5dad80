/**
 * Whether a value is an object of keys, from any realm. An instance of a class is not: it may have getters, and keep what
 * it has elsewhere, as a Map, a Date and a Promise do.
 */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
