import { alternatives, isObject, type Problem, shown } from "../core/problems";
import type { DeepPartial } from "./deep-partial";
import type { MonitoringOptions } from "./monitoring";

interface MonitoringParts {
  readonly monitoring?: DeepPartial<MonitoringOptions>;
  readonly auth?: unknown;
}

/** Which permissions name the types of which objectives. */
const TYPES = { commandTypes: "commandPermissions", queryTypes: "queryPermissions" } as const;

/** An objective of a type that nobody may send is one of a type that is spelt otherwise. */
export const monitoringProblems = ({ monitoring, auth }: MonitoringParts, name: string): readonly Problem[] =>
  Object.entries(TYPES).flatMap(([key, permissions]) => {
    const objectives = monitoring?.objectives?.[key as keyof typeof TYPES];
    const permitted = isObject(auth) ? auth[permissions] : undefined;
    if (!isObject(objectives) || !isObject(permitted)) return [];
    return Object.keys(objectives)
      .filter((type) => !Object.hasOwn(permitted, type))
      .map((type) => ({
        path: `${name}.monitoring.objectives.${key}.${type}`,
        message: `must be one of auth.${permissions}, ${alternatives(Object.keys(permitted))}, got ${shown(type)}`,
      }));
  });
