import { FORGOTTEN, type Forgotten } from "../../keys/subject-keys";

/** Stands where a value of a forgotten subject stood. An object, so that no text can be taken for it; JSON keeps it. */
export interface Redacted {
  readonly $redacted: Forgotten;
}

export const REDACTED: Redacted = Object.freeze({ $redacted: FORGOTTEN });

/** Whether it is the marker, also when it went through JSON. */
export const isRedacted = (value: unknown): value is Redacted =>
  typeof value === "object" &&
  value !== null &&
  Object.keys(value).length === 1 &&
  Object.hasOwn(value, "$redacted") &&
  (value as Redacted).$redacted === FORGOTTEN;
