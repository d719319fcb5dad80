import { Tokenization } from "cdktf";
import { isPlainObject } from "../core/plain-object";
import { InvalidConfigurationError, mismatch } from "../core/problems";

/** Arguments that are maps. The caller chooses their keys, and Terraform keeps them. */
const MAPS: ReadonlySet<string> = new Set([
  "annotations",
  "labels",
  "limits",
  "matchLabels",
  "nodeSelector",
  "options",
  "requests",
  "volumeAttributes",
]);

/**
 * The arguments of a binding by their names in Terraform: `backoffLimit` becomes `backoff_limit`. A token must resolve
 * to Terraform's names, because cdktf resolves it later.
 * @param path of the arguments, for errors.
 * @throws {InvalidConfigurationError} for an instance of a class.
 */
export function terraformArguments(args: object, path: string): Record<string, unknown> {
  const named: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(args)) {
    named[snakeCase(key)] = MAPS.has(key) ? value : terraformValue(value, `${path}.${key}`);
  }
  return named;
}

const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function terraformValue(value: unknown, path: string): unknown {
  if (Array.isArray(value)) return value.map((each, index) => terraformValue(each, `${path}[${index}]`));
  if (typeof value !== "object" || value === null || Tokenization.isResolvable(value)) return value;
  if (isPlainObject(value)) return terraformArguments(value, path);
  throw new InvalidConfigurationError([
    { path, message: mismatch("a text, a number, true or false, a list, a plain object or a token", value) },
  ]);
}
