import type { DataKeys } from "../../keys/data-keys";
import { FORGOTTEN } from "../../keys/subject-keys";
import type { Waiting } from "../../keys/wrapping-keys";
import { ForgottenSubjectError, UnencryptedValueError, UnknownKeyError } from "./encryption-errors";
import { placeBytes, type RecordPlace } from "./place";
import { REDACTED, type Redacted } from "./redacted";
import { looksSealed, open, parseSealed, seal } from "./sealed-text";

/** Which event it is, and whom it is about. */
export interface EventPlace {
  readonly stream: string;
  /** The event's own. */
  readonly id: string;
  /** Whose keys encrypt it. */
  readonly subject: string;
}

export interface EventEncryptionOptions {
  readonly keys: DataKeys;
  /**
   * Whether an event that is not encrypted is read as it is: while events from before are still there. Whoever can write to
   * the store can then put any event there.
   * @default false
   */
  readonly acceptUnencrypted?: boolean;
}

/** An event's payload is JSON to its store, which may give it back with other spaces: `{"$encrypted":"$enc:1:..."}`. */
export const ENCRYPTED_FIELD = "$encrypted";
/** Of a payload, to see whether it is encrypted: the field and the few spaces that a store may put before it. */
const HEAD_BYTES = 64;
/** Names the payload in errors. */
const PATH = "data";

/** Encrypts whole payloads of events, between the serialiser and the store: bytes in, bytes out, and JSON in between. */
export class EventEncryption {
  private readonly keys: DataKeys;
  private readonly acceptUnencrypted: boolean;

  constructor({ keys, acceptUnencrypted = false }: EventEncryptionOptions) {
    this.keys = keys;
    this.acceptUnencrypted = acceptUnencrypted;
  }

  /**
   * What is encrypted already is encrypted for its place, and stays.
   * @throws {ForgottenSubjectError} when the subject was forgotten: what can't be kept must not be said to have happened.
   * @throws {KeyServiceUnavailableError | SubjectKeysUnavailableError} when keys can't be had now.
   */
  async encrypt(data: Uint8Array, place: EventPlace, waiting?: Waiting): Promise<Uint8Array> {
    const key = this.keys.newestAtHand(place.subject) ?? (await this.keys.newest(place.subject, waiting));
    if (key === FORGOTTEN) throw new ForgottenSubjectError();
    if (sealedTextOf(data) !== undefined) {
      await this.decrypt(data, place, waiting);
      return data;
    }
    return Buffer.from(JSON.stringify({ [ENCRYPTED_FIELD]: seal(key, data, boundTo(place)) }));
  }

  /**
   * The payload, byte for byte, or `REDACTED` when its subject was forgotten.
   * @throws {TamperedValueError} when it was changed, or is another event's.
   * @throws {UnknownFormatError | UnknownKeyError | UnencryptedValueError} when it can't be one of ours.
   * @throws {KeyServiceUnavailableError | SubjectKeysUnavailableError} when keys can't be had now.
   */
  async decrypt(data: Uint8Array, place: EventPlace, waiting?: Waiting): Promise<Uint8Array | Redacted> {
    const text = sealedTextOf(data);
    if (text === undefined) {
      if (this.acceptUnencrypted) return data;
      throw new UnencryptedValueError(PATH);
    }
    const { keyId, bytes } = parseSealed(text, PATH);
    const { subject } = place;
    const key = this.keys.atHand(subject, keyId) ?? (await this.keys.find(subject, keyId, waiting));
    if (key === FORGOTTEN) return REDACTED;
    if (key === undefined) throw new UnknownKeyError(PATH);
    return open(key, bytes, boundTo(place), PATH);
  }
}

/** Undefined for a payload that is not meant as an encrypted one. */
function sealedTextOf(data: Uint8Array): string | undefined {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  // Most payloads say at once that they are none: they are not parsed for it.
  if (!/^\s*\{\s*"\$encrypted"/.test(bytes.toString("latin1", 0, HEAD_BYTES))) return undefined;
  try {
    const text = bytes.toString("utf8");
    const { [ENCRYPTED_FIELD]: sealed, ...others }: Record<string, unknown> = JSON.parse(text);
    return looksSealed(sealed) && Object.keys(others).length === 0 ? sealed : undefined;
  } catch {
    return undefined;
  }
}

/** The stream is the record, the event's id the path in it; its revision and position are not known when it is encrypted. */
function boundTo({ stream, id, subject }: EventPlace): Buffer {
  const place: RecordPlace = { category: "", record: stream, subject };
  return placeBytes("event", place, id);
}
