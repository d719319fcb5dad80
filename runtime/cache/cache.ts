import type { Reading } from "../event-store/event-store";
import type { Failures } from "../failures";
import { isStorable } from "../text";

/** Texts by their keys, for a while. What is in it may be gone at any moment. */
export interface Cache {
  /** Tells of each call that failed with `CacheUnavailableError`. @default - it tells nobody */
  readonly failures?: Failures;

  /** @throws {CacheUnavailableError} */
  get(key: string, options?: Reading): Promise<string | undefined>;
  /** @throws {CacheUnavailableError}, {RangeError} for a key or value that is too long, or has half of a surrogate pair. */
  set(key: string, value: string, seconds: number, options?: Reading): Promise<void>;
  /** @throws {CacheUnavailableError} */
  delete(key: string, options?: Reading): Promise<void>;
  close(): Promise<void>;
}

/** Ours: a longer key is a document. */
export const MAX_KEY_BYTES = 1024;
/** Ours: what is longer keeps the one core that answers from answering others. */
export const MAX_VALUE_BYTES = 1_048_576;
/** A week: what is older is a second store. */
export const MAX_SECONDS = 604_800;

/** @throws {RangeError} for what no cache is to keep. */
export function checkEntry(key: string, value: string, seconds: number): void {
  const bytes = Buffer.byteLength(value);
  if (bytes > MAX_VALUE_BYTES) throw new RangeError(`value: must be at most ${MAX_VALUE_BYTES} bytes, got ${bytes}`);
  checkText("value", value);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_SECONDS)
    throw new RangeError(`seconds: must be a whole number from 1 to ${MAX_SECONDS}, got ${seconds}`);
  checkKey(key);
}

/** @throws {RangeError} for no key, or one that is too long or would be another. */
export function checkKey(key: string): void {
  const bytes = Buffer.byteLength(key);
  if (bytes < 1 || bytes > MAX_KEY_BYTES)
    throw new RangeError(`key: must be 1 to ${MAX_KEY_BYTES} bytes, got ${bytes}`);
  checkText("key", key);
}

function checkText(name: string, text: string): void {
  if (!isStorable(text)) throw new RangeError(`${name}: must have no NUL and no half of a surrogate pair`);
}

/** The cache did not answer, or not as it should. Nobody needs it to do his work. */
export class CacheUnavailableError extends Error {
  override readonly name = "CacheUnavailableError";

  /** @param cause for the log: it may name hosts. */
  constructor(cause: unknown) {
    super("the cache can't be reached", { cause });
  }
}
