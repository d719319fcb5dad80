import { createHmac } from "node:crypto";
import type { DataKeys } from "../../keys/data-keys";
import { OWN_SUBJECT } from "../../keys/subject";
import { FORGOTTEN } from "../../keys/subject-keys";
import type { Waiting } from "../../keys/wrapping-keys";
import { isRedacted, type Redacted } from "./redacted";

/** The normalisation below is part of it: another one is another version, and read models are built anew. */
const INDEX_VERSION = 1;
/** All processes use one key, kept and wrapped as those of subjects are. */
const INDEX_SUBJECT = `${OWN_SUBJECT}blind-index`;

/**
 * Texts that are one to a person, by the field's name. RFC 5321 lets the part before an e-mail's @ differ by case, but no
 * provider of note does. Numbers lose what stands between their digits; ISO/IEC 7812 has card numbers of 8 to 19 digits.
 */
const NORMALISED: Readonly<Record<string, (text: string) => string>> = {
  email: (text) => matching("email", text.normalize("NFC").trim().toLowerCase(), /^[^@\s]+@[^@\s]+$/),
  ssn: (text) => matching("ssn", withoutSeparators(text), /^\d{9}$/),
  creditCard: (text) => matching("creditCard", withoutSeparators(text), /^\d{8,19}$/),
};

/**
 * Finds records by a field that is encrypted: a keyed hash of the value stands beside it in the read model, and a lookup
 * hashes what it looks for. Equal values have equal hashes, so it shows who shares one. A bare hash would show the value: of
 * social security numbers there are 10^9. It belongs in read models alone, which lose it when they are built anew after a
 * subject was forgotten.
 */
export class BlindIndex {
  constructor(private readonly keys: DataKeys) {}

  /**
   * What stands in the index for a value; undefined for none, and for one that was redacted.
   * @throws {RangeError} for what is no e-mail, social security number or card number in a field of that name.
   * @throws {KeyServiceUnavailableError | SubjectKeysUnavailableError} when the key can't be had now.
   */
  async of(field: string, value: string | Redacted | null | undefined, waiting?: Waiting): Promise<string | undefined> {
    if (value === null || value === undefined || isRedacted(value)) return undefined;
    const normalised = Object.hasOwn(NORMALISED, field) ? NORMALISED[field]?.(value) : value.normalize("NFC");
    const key = this.keys.newestAtHand(INDEX_SUBJECT) ?? (await this.keys.newest(INDEX_SUBJECT, waiting));
    if (key === FORGOTTEN) throw new Error("the key of the blind index was deleted");
    const hash = createHmac("sha256", key.bytes)
      .update(`${INDEX_VERSION}|${field.length}:${field}|${normalised}`, "utf16le")
      .digest("base64url");
    return `${INDEX_VERSION}:${key.id}:${hash}`;
  }
}

const withoutSeparators = (text: string): string => text.normalize("NFKC").replace(/[\s.-]/g, "");

/** @throws {RangeError} without the value. */
function matching(field: string, text: string, pattern: RegExp): string {
  if (pattern.test(text)) return text;
  throw new RangeError(`${field}: must be like one to be looked for, and is not`);
}
