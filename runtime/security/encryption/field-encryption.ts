import type { DataKey } from "../../keys/data-key";
import type { DataKeys } from "../../keys/data-keys";
import { FORGOTTEN } from "../../keys/subject-keys";
import type { Waiting } from "../../keys/wrapping-keys";
import { UnencryptedValueError, UnknownKeyError } from "./encryption-errors";
import { placeBytes, type RecordPlace } from "./place";
import { isRedacted, REDACTED, type Redacted } from "./redacted";
import { looksSealed, open, parseSealed, seal } from "./sealed-text";
import { sensitiveValuesOf } from "./sensitive-values";

/** The seed's `sensitiveFields`. */
export const SENSITIVE_FIELDS = ["ssn", "creditCard", "email"] as const;
export type SensitiveField = (typeof SENSITIVE_FIELDS)[number];

export interface FieldEncryptionOptions<Field extends string = SensitiveField> {
  readonly keys: DataKeys;
  /** Names of the fields that are encrypted, wherever in a record they are. @default SENSITIVE_FIELDS */
  readonly fields?: readonly Field[];
  /**
   * Whether a value that is not encrypted is read as it is: while records from before are still there. Whoever can write to
   * the store can then put any value there.
   * @default false
   */
  readonly acceptUnencrypted?: boolean;
}

type Nothing = null | undefined;
/** A record as it is stored. */
export type EncryptedRecord<Value, Field extends string> = Mapped<Value, Field, "stored">;
/** A record as it is read: each of the fields may be redacted. */
export type DecryptedRecord<Value, Field extends string> = Mapped<Value, Field, "read">;
type Mapped<Value, Field extends string, As extends "stored" | "read"> = Value extends Date
  ? Value
  : Value extends readonly (infer Item)[]
    ? readonly Mapped<Item, Field, As>[]
    : Value extends object
      ? {
          readonly [Key in keyof Value]: Key extends Field
            ? (As extends "stored" ? string | Extract<Value[Key], Nothing> : Value[Key]) | Redacted
            : Mapped<Value[Key], Field, As>;
        }
      : Value;

/**
 * Encrypts fields of records by AES-256-GCM, each bound to its place. A value is JSON before it is encrypted, so that it
 * comes back as what it was. `null` and `undefined` stay: that there is nothing is no secret. How long a value is can be
 * seen.
 */
export class FieldEncryption<Field extends string = SensitiveField> {
  private readonly keys: DataKeys;
  private readonly fields: ReadonlySet<string>;
  private readonly acceptUnencrypted: boolean;

  /** @throws {RangeError} for a list of fields that has none, or one without a name. */
  constructor({ keys, fields, acceptUnencrypted = false }: FieldEncryptionOptions<Field>) {
    this.keys = keys;
    this.fields = new Set<string>(fields ?? SENSITIVE_FIELDS);
    this.acceptUnencrypted = acceptUnencrypted;
    if (this.fields.size === 0 || this.fields.has("") || this.fields.has("__proto__"))
      throw new RangeError("fields: must be names, and at least one");
  }

  /**
   * A copy with its sensitive fields encrypted. What is already encrypted for its place stays as it is; of a subject that was
   * forgotten, `REDACTED` is written, so that events can still be replayed.
   * @throws {TamperedValueError | UnknownFormatError | UnknownKeyError} for a text that looks encrypted and is not.
   * @throws {KeyServiceUnavailableError | SubjectKeysUnavailableError} when keys can't be had now.
   */
  async encrypt<Value extends object>(
    record: Value,
    place: RecordPlace,
    waiting?: Waiting,
  ): Promise<EncryptedRecord<Value, Field>> {
    const { copy, values } = sensitiveValuesOf(record, this.fields);
    for (const { path, value, replace } of values) replace(await this.encryptValue(value, place, path, waiting));
    return copy as EncryptedRecord<Value, Field>;
  }

  /**
   * A copy with its sensitive fields decrypted, or `REDACTED` where the subject was forgotten. `Value` is what was encrypted.
   * @throws {TamperedValueError} when a value was changed, or is another place's.
   * @throws {UnknownFormatError | UnknownKeyError | UnencryptedValueError} when it can't be one of ours.
   * @throws {KeyServiceUnavailableError | SubjectKeysUnavailableError} when keys can't be had now.
   */
  async decrypt<Value>(
    stored: EncryptedRecord<Value, Field>,
    place: RecordPlace,
    waiting?: Waiting,
  ): Promise<DecryptedRecord<Value, Field>> {
    const { copy, values } = sensitiveValuesOf(stored, this.fields);
    for (const { path, value, replace } of values) replace(await this.decryptValue(value, place, path, waiting));
    return copy as DecryptedRecord<Value, Field>;
  }

  /** One value; `path` says where in its record it is, and must be the same when it is read. */
  async encryptValue(
    value: unknown,
    place: RecordPlace,
    path: string,
    waiting?: Waiting,
  ): Promise<string | Redacted | Nothing> {
    if (value === null || value === undefined) return value;
    if (isRedacted(value)) return this.redactedIfForgotten(place, path, waiting);
    if (looksSealed(value)) {
      const read = await this.decryptValue(value, place, path, waiting);
      return isRedacted(read) ? REDACTED : value;
    }
    const key = this.keys.newestAtHand(place.subject) ?? (await this.keys.newest(place.subject, waiting));
    return key === FORGOTTEN ? REDACTED : seal(key, jsonOf(value, path), placeBytes("field", place, path));
  }

  /** One value that `encryptValue` gave. */
  async decryptValue(stored: unknown, place: RecordPlace, path: string, waiting?: Waiting): Promise<unknown> {
    if (stored === null || stored === undefined) return stored;
    if (isRedacted(stored)) return this.redactedIfForgotten(place, path, waiting);
    if (!looksSealed(stored)) {
      if (this.acceptUnencrypted) return stored;
      throw new UnencryptedValueError(path);
    }
    const { keyId, bytes } = parseSealed(stored, path);
    const { subject } = place;
    const key = this.keys.atHand(subject, keyId) ?? (await this.keys.find(subject, keyId, waiting));
    if (key === FORGOTTEN) return REDACTED;
    if (key === undefined) throw new UnknownKeyError(path);
    return this.parsed(key, bytes, place, path);
  }

  private parsed(key: DataKey, bytes: Buffer, place: RecordPlace, path: string): unknown {
    return JSON.parse(open(key, bytes, placeBytes("field", place, path), path).toString("utf8"));
  }

  /** The marker is nobody's word: it counts where the subject was forgotten, and is no value otherwise. */
  private async redactedIfForgotten({ subject }: RecordPlace, path: string, waiting?: Waiting): Promise<Redacted> {
    if (await this.keys.isForgotten(subject, waiting)) return REDACTED;
    throw new UnencryptedValueError(path);
  }
}

/** JSON's own message may repeat the value. */
function jsonOf(value: unknown, path: string): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch {
    json = undefined;
  }
  if (json === undefined) throw new TypeError(`${path}: must be a value of JSON`);
  return json;
}
