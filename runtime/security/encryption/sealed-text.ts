import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { DataKey } from "../../keys/data-key";
import { TamperedValueError, UnknownFormatError } from "./encryption-errors";

/**
 * `$enc:<version>:<key id>:<IV, tag and ciphertext in base64url>`: one text, for it stands as it is in an event's JSON, in a
 * column of text and in a cache. An object would be no longer a text in a column, and longer in all of them.
 */
interface SealedText {
  readonly keyId: string;
  readonly bytes: Buffer;
}

/** What all versions begin with. */
export const ENCRYPTED_MARK = "$enc:";
/** The format and all that it fixes: the cipher, its lengths, and the text that a value is bound to. */
export const FORMAT_VERSION = 1;
const PREFIX = `${ENCRYPTED_MARK}${FORMAT_VERSION}:`;
const ALGORITHM = "aes-256-gcm";
/** NIST SP 800-38D: the IV that GCM is made for, and the whole tag. A shorter tag can be guessed, and Node would take it. */
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = IV_BYTES + TAG_BYTES;
const TAG_LENGTH = { authTagLength: TAG_BYTES };

/** Whether a value is meant as a sealed text. Whether it is one is known when it was opened. */
export const looksSealed = (value: unknown): value is string =>
  typeof value === "string" && value.startsWith(ENCRYPTED_MARK);

/** @param place what it is bound to: it opens at this place alone. */
export function seal(key: DataKey, plaintext: string | Uint8Array, place: Buffer): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key.bytes, iv, TAG_LENGTH);
  cipher.setAAD(place);
  const encrypted = typeof plaintext === "string" ? cipher.update(plaintext, "utf8") : cipher.update(plaintext);
  cipher.final();
  return `${PREFIX}${key.id}:${Buffer.concat([iv, cipher.getAuthTag(), encrypted]).toString("base64url")}`;
}

/**
 * Reads what says which key it is of.
 * @throws {UnknownFormatError} for another version.
 * @throws {TamperedValueError} for what no text of this version can be.
 */
export function parseSealed(text: string, path: string): SealedText {
  if (!text.startsWith(PREFIX)) throw new UnknownFormatError(path);
  const end = text.indexOf(":", PREFIX.length);
  const encoded = text.slice(end + 1);
  const bytes = Buffer.from(encoded, "base64url");
  // Node skips what is no base64url: without this, many texts would be one value.
  if (end <= PREFIX.length || bytes.length < HEAD_BYTES || bytes.toString("base64url") !== encoded)
    throw new TamperedValueError(path);
  return { keyId: text.slice(PREFIX.length, end), bytes };
}

/** @throws {TamperedValueError} when it was not sealed by this key for this place. */
export function open(key: DataKey, bytes: Buffer, place: Buffer, path: string): Buffer {
  const decipher = createDecipheriv(ALGORITHM, key.bytes, bytes.subarray(0, IV_BYTES), TAG_LENGTH);
  decipher.setAAD(place);
  decipher.setAuthTag(bytes.subarray(IV_BYTES, HEAD_BYTES));
  const plaintext = decipher.update(bytes.subarray(HEAD_BYTES));
  try {
    decipher.final();
    return plaintext;
  } catch {
    plaintext.fill(0);
    throw new TamperedValueError(path);
  }
}
