import { ENCRYPTED_FIELD } from "../security/encryption/event-encryption";
import { REDACTED_FIELD } from "../security/encryption/redacted";
import { ENCRYPTED_MARK, looksSealed } from "../security/encryption/sealed-text";
import { MAX_DEPTH } from "../security/encryption/sensitive-values";
import { isStorable } from "../text";
import { refusal } from "./answers";

/** Names of fields by which the platform knows its own values. */
const RESERVED_FIELDS = [REDACTED_FIELD, ENCRYPTED_FIELD];
/** Characters of a path that is told: its keys are the sender's. */
export const MAX_PATH = 200;

/**
 * Refuses texts that the platform can't keep or would take for its own, at any depth and in names of fields, too. No handler
 * sees them: deeper inside they would be an error of the service, or stop a projection.
 * @throws {RefusedRequest} 400, with the path and without the value.
 */
export function checkTexts(value: unknown, path: readonly (string | number)[] = []): void {
  if (typeof value === "string") checkText(value, path);
  if (typeof value !== "object" || value === null) return;
  if (path.length > MAX_DEPTH) throw refused(path, `be at most ${MAX_DEPTH} deep`);
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) if (mayHoldText(item)) checkTexts(item, [...path, index]);
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    checkText(key, path);
    if (RESERVED_FIELDS.includes(key)) throw refused(path, `not have a field ${key}, which is the platform's own`);
    if (mayHoldText(item)) checkTexts(item, [...path, key]);
  }
}

const mayHoldText = (value: unknown): boolean => typeof value === "string" || typeof value === "object";

function checkText(text: string, path: readonly (string | number)[]): void {
  if (!isStorable(text)) throw refused(path, "have no NUL and no half of a surrogate pair");
  if (looksSealed(text)) throw refused(path, `not begin with ${ENCRYPTED_MARK}, which marks encrypted values`);
}

const refused = (path: readonly (string | number)[], rule: string) =>
  refusal(400, "bad_message", `${pathText(path)}: must ${rule}`);

/** As `items[0].sku`. */
const pathText = (path: readonly (string | number)[]): string => {
  const text = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`)).join("");
  return text === "" ? "message" : text.replace(/^\./, "").slice(0, MAX_PATH);
};
