import { parseJson } from "../core/json";
import { isPlainObject } from "../core/plain-object";
import { mismatch, type Problem, pathBelow, shown, throwIfAny } from "../core/problems";
import { looksLikeToken } from "../core/tokens";
import type { Environment } from "./environment";

/**
 * Environments by their names, from a text of JSON. `platforms` checks everything else: the types are only claimed here.
 * @throws {InvalidConfigurationError} as `parseJson` does, and for each key, text or number that cdktf would take for a token:
 * the number in it is that of a value that the program made, and the writer of JSON could name any.
 */
export function environmentsFromJson(json: string): Readonly<Record<string, Environment>> {
  const environments = parseJson(json, "", "environments");
  if (!isPlainObject(environments)) {
    throwIfAny([{ path: "environments", message: mismatch("an object of environments by their names", environments) }]);
  }
  throwIfAny(markedIn(environments, ""));
  return environments as Readonly<Record<string, Environment>>;
}

function markedIn(value: unknown, path: string): readonly Problem[] {
  if (looksLikeToken(value)) return [{ path, message: `must have no token, got ${shown(value)}` }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = pathBelow(path, Array.isArray(value) ? Number(key) : key);
    return looksLikeToken(key) ? [{ path: at, message: "must have no token in its name" }] : markedIn(inner, at);
  });
}
