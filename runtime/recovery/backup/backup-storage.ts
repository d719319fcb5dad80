import type { Waiting } from "../../keys/wrapping-keys";

/** An object as it is kept. */
export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
}

/** What was written, as its writer has counted it. */
export interface WrittenObject extends StoredObject {
  /** Of all its bytes, in hexadecimal. */
  readonly sha256: string;
}

export interface Writing extends Waiting {
  /** Never in the place of one that is there. @default false */
  readonly ifAbsent?: boolean;
}

/** Where backups are kept: objects by their keys. An object is there as a whole or not at all. */
export interface BackupStorage {
  /** In words, for reports: a bucket or a folder. */
  readonly place: string;

  /**
   * Writes an object of bytes as they come, however many: it is there once this resolves, and what the storage has received
   * was compared with what was sent. A part that fails is sent again by itself.
   * @throws {ObjectExistsError} with `ifAbsent` when there is one.
   * @throws {BackupStorageError} when it can't be written; nothing is there under the key then, or what was there before.
   * @throws what `bytes` throws, likewise.
   */
  write(key: string, bytes: AsyncIterable<Uint8Array>, options?: Writing): Promise<WrittenObject>;

  /**
   * The bytes of an object, as they come.
   * @throws {ObjectMissingError} when there is none.
   * @throws {BackupStorageError} when they can't be read to the end.
   */
  read(key: string, options?: Waiting): AsyncIterable<Uint8Array>;

  /** Objects whose keys begin with a prefix, in the order of their keys. @throws {BackupStorageError} */
  list(prefix: string, options?: Waiting): AsyncIterable<StoredObject>;

  /** Deletes an object; one that is not there, too. @throws {BackupStorageError} */
  delete(key: string, options?: Waiting): Promise<void>;

  /** Ends what was begun under a prefix and never finished: it is in no list, and takes room. @throws {BackupStorageError} */
  discardUnfinished(prefix: string, options?: Waiting): Promise<void>;

  close(): void;
}

/** There is no such object. */
export class ObjectMissingError extends Error {
  override readonly name = "ObjectMissingError";

  constructor(readonly key: string) {
    super(`${key} is not there`);
  }
}

/** There is one already. */
export class ObjectExistsError extends Error {
  override readonly name = "ObjectExistsError";

  constructor(readonly key: string) {
    super(`${key} is there already`);
  }
}

/** The storage did not answer, or not as it should. */
export class BackupStorageError extends Error {
  override readonly name = "BackupStorageError";

  /**
   * @param cause for the log: it may name hosts.
   * @param advice what is wrong and can be changed, without a host.
   */
  constructor(
    readonly key: string,
    cause: unknown,
    readonly advice?: string,
  ) {
    super(`${key}: the storage of backups can't be used${advice === undefined ? "" : `: ${advice}`}`, { cause });
  }
}

/** What keys are made of: folders of a few characters that mean the same in S3, in a file system and in an address. */
const KEY = /^(?:[a-z0-9][\w.-]*\/)*[a-z0-9][\w.-]*$/i;
/** S3's own is 1,024 bytes. */
const MAX_KEY = 512;

/** What is kept under another name was not put there through this port. */
export const isKey = (name: string): boolean => KEY.test(name) && name.length <= MAX_KEY;

/** @throws {RangeError} for a key that not every storage could keep. */
export function checkKey(key: string): string {
  if (isKey(key)) return key;
  throw new RangeError(
    `key: must be folders of letters, digits, '.', '_' and '-', at most ${MAX_KEY}, got ${JSON.stringify(key)}`,
  );
}
