/** An object as JSON has it. */
export type Tree = Readonly<Record<string, unknown>>;

export const isTree = (value: unknown): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value with each of its texts changed. Keys stay, unless `changeKey` changes them. */
export function mapTexts(
  value: unknown,
  change: (text: string) => unknown,
  changeKey: (key: string) => string = (key) => key,
): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, change, changeKey));
  if (!isTree(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [changeKey(key), mapTexts(each, change, changeKey)]),
  );
}

/** The value with each of its texts changed, those of keys as well. */
export const mapTextsAndKeys = (value: unknown, change: (text: string) => string): unknown =>
  mapTexts(value, change, change);
