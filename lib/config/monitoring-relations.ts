import { isPlainObject } from "../core/plain-object";
import { alternatives, type Problem, shown } from "../core/problems";
import type { DeepPartial } from "./deep-partial";
import type { MonitoringOptions } from "./monitoring";
import { authorityKeyOf, secretsProblem } from "./secret-names";

interface MonitoringParts {
  readonly monitoring?: DeepPartial<MonitoringOptions>;
  readonly auth?: unknown;
}

/** Which permissions name the types of which objectives. */
const TYPES = { commandTypes: "commandPermissions", queryTypes: "queryPermissions" } as const;

/** Which key of a receiver's kind names a secret. */
const SECRET_KEYS = { slack: "webhook", pagerDuty: "routingKey", email: "password", webhook: "token" } as const;

export const monitoringProblems = (parts: MonitoringParts, name: string): readonly Problem[] => [
  ...objectiveProblems(parts, name),
  ...secretProblems(parts, name),
];

/** An objective of a type that nobody may send is one of a type that is spelt otherwise. */
const objectiveProblems = ({ monitoring, auth }: MonitoringParts, name: string): readonly Problem[] =>
  Object.entries(TYPES).flatMap(([key, permissions]) => {
    const objectives = monitoring?.objectives?.[key as keyof typeof TYPES];
    const permitted = isPlainObject(auth) ? auth[permissions] : undefined;
    if (!isPlainObject(objectives) || !isPlainObject(permitted)) return [];
    return Object.keys(objectives)
      .filter((type) => !Object.hasOwn(permitted, type))
      .map((type) => ({
        path: `${name}.monitoring.objectives.${key}.${type}`,
        message: `must be one of auth.${permissions}, ${alternatives(Object.keys(permitted))}, got ${shown(type)}`,
      }));
  });

const secretsOfReceiver = (receiver: Readonly<Record<string, unknown>>): readonly unknown[] =>
  Object.entries(SECRET_KEYS).map(([kind, key]) => (isPlainObject(receiver[kind]) ? receiver[kind][key] : undefined));

/** All are read by one role. What is unsound is said elsewhere, and takes no room. */
function secretProblems({ monitoring }: MonitoringParts, name: string): readonly Problem[] {
  const receivers: unknown = monitoring?.alerting?.receivers;
  const authority: unknown = monitoring?.logs?.certificateAuthority;
  const named = [
    ...(isPlainObject(receivers) ? Object.values(receivers) : []).filter(isPlainObject).flatMap(secretsOfReceiver),
    monitoring?.remoteWrite?.certificate,
    monitoring?.remoteWrite?.certificateAuthority,
    monitoring?.eventStoreCredentials,
    ...(typeof authority === "string" ? [authority, authorityKeyOf(authority)] : []),
  ];
  const names = [...new Set(named)].filter((secret) => typeof secret === "string");
  const message = secretsProblem(names, "monitoring");
  return message === undefined ? [] : [{ path: `${name}.monitoring`, message }];
}
