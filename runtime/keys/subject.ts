import { isStorable } from "../text";

/** Begins the names of keys that are not of a person's data, and of no person's. */
export const OWN_SUBJECT = "$";
/** Ours: an id, not a document. */
const MAX_LENGTH = 256;

const canOwnKeys = (name: string): boolean => name.length > 0 && name.length <= MAX_LENGTH && isStorable(name);

/** Whether it can be a person's id: data are encrypted for none but such, and keys deleted of none but such. */
export const isSubject = (subject: string): boolean => canOwnKeys(subject) && !subject.startsWith(OWN_SUBJECT);

/** @throws {RangeError} for what can't be a person's id: with a key of the platform's own, all that it made would be lost. */
export function checkSubject(subject: string): string {
  checkKeyOwner(subject);
  if (isSubject(subject)) return subject;
  throw new RangeError(
    `subject: must not begin with ${OWN_SUBJECT}, as keys do that are no person's, got ${JSON.stringify(subject)}`,
  );
}

/** @throws {RangeError} for what can have no keys, be it a person's id or a name of the platform's own. */
export function checkKeyOwner(name: string): string {
  if (canOwnKeys(name)) return name;
  const got = isStorable(name) ? name.length : JSON.stringify(name);
  throw new RangeError(
    `subject: must have 1 to ${MAX_LENGTH} characters, none of them NUL or half of a surrogate pair, got ${got}`,
  );
}
