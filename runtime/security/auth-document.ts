import { readFileSync } from "node:fs";
import { SettingsError } from "../settings";
import { ALGORITHM, type AuthenticationSettings, authenticationSettings } from "./authentication-settings";
import type { PermissionMap } from "./permissions";

/** Whose tokens count, and who may do what. */
export interface AuthDocument {
  readonly authentication: AuthenticationSettings;
  readonly commandPermissions: PermissionMap;
  readonly queryPermissions: PermissionMap;
}

/** Where the platform's pods have it. */
export const AUTH_DOCUMENT = "/etc/cqrs/auth.json";

/**
 * Reads the document that the platform makes of its `auth`.
 * @throws {SettingsError} with everything that is missing or wrong; a key is never repeated.
 */
export function readAuthDocument(path: string = AUTH_DOCUMENT): AuthDocument {
  const document = documentIn(path);
  const { algorithm, issuer, audience, publicKey, tokenType, commandPermissions, queryPermissions } = document;
  const problems = [
    ...(algorithm === ALGORITHM ? [] : [`${path}.algorithm: must be ${ALGORITHM}`]),
    ...permissionProblems(commandPermissions, `${path}.commandPermissions`),
    ...permissionProblems(queryPermissions, `${path}.queryPermissions`),
  ];
  if (problems.length > 0) throw new SettingsError(problems);
  return {
    authentication: authenticationSettings({
      AUTH_ISSUER: textOf(issuer),
      AUTH_AUDIENCE: textOf(audience),
      AUTH_PUBLIC_KEY: textOf(publicKey),
      AUTH_TOKEN_TYPE: tokenType === undefined ? undefined : `${tokenType}`,
    }),
    commandPermissions: commandPermissions as PermissionMap,
    queryPermissions: queryPermissions as PermissionMap,
  };
}

function documentIn(path: string): Readonly<Record<string, unknown>> {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    const why = error instanceof SyntaxError ? "is no JSON" : "can't be read";
    throw new SettingsError([`${path}: ${why}`]);
  }
  if (!isMap(document)) throw new SettingsError([`${path}: must be an object`]);
  return document;
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

function permissionProblems(map: unknown, path: string): readonly string[] {
  if (!isMap(map)) return [`${path}: must be an object, each value a list of roles`];
  return Object.entries(map)
    .filter(
      ([, roles]) => !(Array.isArray(roles) && roles.length > 0 && roles.every((role) => typeof role === "string")),
    )
    .map(([type]) => `${path}.${type}: must be a list of roles`);
}
