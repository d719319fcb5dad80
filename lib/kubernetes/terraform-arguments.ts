/**
 * A binding's arguments by their names in Terraform: `backoffLimit` is `backoff_limit`. Keys of labels and annotations
 * must have no capitals.
 */
export const terraformArguments = (args: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(args).map(([key, value]) => [
      key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      terraformValue(value),
    ]),
  );

function terraformValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(terraformValue);
  return typeof value === "object" && value !== null ? terraformArguments(value) : value;
}
