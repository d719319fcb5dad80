/** Arguments whose keys the caller chooses. Terraform takes them as they are. */
const MAPS: ReadonlySet<string> = new Set([
  "annotations",
  "labels",
  "limits",
  "matchLabels",
  "nodeSelector",
  "requests",
]);

/** The arguments of a binding by their names in Terraform: `backoffLimit` is `backoff_limit`. */
export const terraformArguments = (args: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(args).map(([key, value]) => [snakeCase(key), MAPS.has(key) ? value : terraformValue(value)]),
  );

const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function terraformValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(terraformValue);
  return typeof value === "object" && value !== null ? terraformArguments(value) : value;
}
