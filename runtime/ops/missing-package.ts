import { SettingsError } from "../settings";

/** What Node says of a package that is not there, as another module than one of a path. */
const MISSING = /^Cannot find (?:module|package) '((?:@[^/']+\/)?[^./'][^/']*)/;

/**
 * The same error, but for a package that a command needs and that is not installed: clients of stores are optional peers, so
 * that nobody installs one that he does not use.
 */
export function ofMissingPackage(error: unknown): unknown {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (code !== "MODULE_NOT_FOUND" && code !== "ERR_MODULE_NOT_FOUND") return error;
  const [, name] = MISSING.exec(`${message}`) ?? [];
  if (name === undefined) return error;
  return new SettingsError([`${name} must be installed for this, and is not: npm install ${name}`]);
}
