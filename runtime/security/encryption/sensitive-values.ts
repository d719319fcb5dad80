/** A sensitive value within a copy of a record. */
export interface SensitiveValue {
  /** JSON Pointer (RFC 6901). */
  readonly path: string;
  readonly value: unknown;
  /** Puts another into its place. */
  replace(value: unknown): void;
}

/** Ours: as deep as records are, and far from where the stack ends. What contains itself is deeper. */
export const MAX_DEPTH = 64;

/**
 * Copies a record of plain objects and lists, and gives the sensitive values in the copy, at any depth. What is within a
 * sensitive value is one with it.
 * @throws {TypeError} for what is neither plain nor a date: a Map's values would not be found.
 * @throws {RangeError} for a record that is too deep.
 */
export function sensitiveValuesOf(
  record: unknown,
  fields: ReadonlySet<string>,
): { readonly copy: unknown; readonly values: readonly SensitiveValue[] } {
  const values: SensitiveValue[] = [];
  const copyOf = (value: unknown, path: string, depth: number): unknown => {
    if (typeof value !== "object" || value === null || value instanceof Date) return value;
    if (depth > MAX_DEPTH) throw new RangeError(`${path}: must be at most ${MAX_DEPTH} deep`);
    if (Array.isArray(value)) return value.map((item, index) => copyOf(item, `${path}/${index}`, depth + 1));
    if (!isPlain(value)) throw new TypeError(`${path || "/"}: must be a plain object or a list`);
    const copy: Record<string, unknown> = Object.fromEntries(
      Object.entries(value).map(([key, item]) => {
        const itemPath = `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
        return [key, fields.has(key) ? item : copyOf(item, itemPath, depth + 1)];
      }),
    );
    for (const [key, item] of Object.entries(copy)) {
      if (!fields.has(key)) continue;
      const replace = (other: unknown) => {
        copy[key] = other;
      };
      values.push({ path: `${path}/${key}`, value: item, replace });
    }
    return copy;
  };
  return { copy: copyOf(record, "", 0), values };
}

function isPlain(value: object): value is Record<string, unknown> {
  const prototype = Object.getPrototypeOf(value);
  // Also one of another realm: a test's, a worker's.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
