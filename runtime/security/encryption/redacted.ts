import { FORGOTTEN, type Forgotten } from "../../keys/subject-keys";

export const REDACTED_FIELD = "$redacted";

/** Stands where a value of a forgotten subject stood. An object, so that no text can be taken for it; JSON keeps it. */
export interface Redacted {
  readonly [REDACTED_FIELD]: Forgotten;
}

export const REDACTED: Redacted = Object.freeze({ [REDACTED_FIELD]: FORGOTTEN });

/** Whether it is the marker, also when it went through JSON. */
export const isRedacted = (value: unknown): value is Redacted =>
  typeof value === "object" &&
  value !== null &&
  Object.keys(value).length === 1 &&
  Object.hasOwn(value, REDACTED_FIELD) &&
  (value as Redacted)[REDACTED_FIELD] === FORGOTTEN;
