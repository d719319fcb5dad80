import { Tokenization } from "cdktf";
import { isPlainObject } from "../core/plain-object";
import { InvalidConfigurationError } from "../core/problems";
import { mismatch } from "../core/rules";

/** Arguments whose keys the caller chooses. Terraform takes them as they are. */
const MAPS: ReadonlySet<string> = new Set([
  "annotations",
  "labels",
  "limits",
  "matchLabels",
  "nodeSelector",
  "requests",
]);

/**
 * The arguments of a binding by their names in Terraform: `backoffLimit` is `backoff_limit`. What a token resolves to
 * must have Terraform's names, because cdktf resolves it later.
 * @param path of the arguments, for errors.
 * @throws {InvalidConfigurationError} for an instance of a class.
 */
export const terraformArguments = (args: object, path: string): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(args).map(([key, value]) => [
      snakeCase(key),
      MAPS.has(key) ? value : terraformValue(value, `${path}.${key}`),
    ]),
  );

const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function terraformValue(value: unknown, path: string): unknown {
  if (Array.isArray(value)) return value.map((each, index) => terraformValue(each, `${path}[${index}]`));
  if (typeof value !== "object" || value === null || Tokenization.isResolvable(value)) return value;
  if (isPlainObject(value)) return terraformArguments(value, path);
  throw new InvalidConfigurationError([
    { path, message: mismatch("a text, a number, true or false, a list, a plain object or a token", value) },
  ]);
}
