import { SecretError, type SecretVersion } from "./versioned-secret";

/** What a version of a secret says of a user: other fields beside are kept as they are. */
export interface SecretLogin extends SecretVersion {
  /** Nothing in a version that was only written to have one. */
  readonly password?: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** @throws {SecretError} when it is now the secret of another user, which must not be overwritten. */
export function secretLogin(version: SecretVersion, username: string): SecretLogin {
  const fields = fieldsOf(version.text);
  const isOthers = fields.username !== undefined && fields.username !== username;
  if (isOthers && version.labels.some((label) => label !== "previous"))
    throw new SecretError("must be of the user whose password is changed, is of another");
  const { password } = fields;
  const isUsable = !isOthers && typeof password === "string" && password !== "";
  return { ...version, fields, ...(isUsable && { password }) };
}

/** As the runtime reads it: a JSON object with `username` and `password`. */
export const textOf = (fields: SecretLogin["fields"], username: string, password: string): string =>
  JSON.stringify({ ...fields, username, password });

function fieldsOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}
