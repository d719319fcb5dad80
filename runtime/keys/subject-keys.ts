import type { Waiting, WrappedKey } from "./wrapping-keys";

/** A data key of one subject, as it is kept. */
export interface SubjectKey {
  /** Unique among all keys, and no secret: it stands in each value. */
  readonly id: string;
  /** Whose data it encrypts: an id that says nothing of the person to whoever has no more than it. */
  readonly subject: string;
  /** 1 for a subject's first key, one more for each that took its place. */
  readonly generation: number;
  readonly wrapped: WrappedKey;
}

/** Where it is kept, apart from keys, whose keys were deleted: a restored store of keys is told by it whom to delete again. */
export interface SubjectLedger {
  /** Done again, it changes nothing. @throws when it could not be kept. */
  record(subject: string, waiting?: Waiting): Promise<void>;
}

/** The ledger did not answer: nobody knows whether it was written down there who is to be forgotten, and he has his keys. */
export class SubjectLedgerUnavailableError extends Error {
  override readonly name = "SubjectLedgerUnavailableError";

  /** @param cause for the log: it may name hosts. */
  constructor(cause: unknown) {
    super("the ledger of deleted subjects can't be written", { cause });
  }
}

/** A subject whose keys are gone for good. */
export const FORGOTTEN = "forgotten";
export type Forgotten = typeof FORGOTTEN;

/**
 * Wrapped keys of subjects, in a store of their own: it is the one thing to delete when a subject must be forgotten, and a
 * backup of it brings the forgotten back. Who restores one must delete them again, by a list that is kept elsewhere.
 *
 * That a subject was forgotten is kept: without it, a lost store would look as if all had been forgotten, and a writer that
 * comes late would make the subject a new key.
 */
export interface SubjectKeys {
  /** The key that a subject's new values get. */
  newest(subject: string, waiting?: Waiting): Promise<SubjectKey | Forgotten | undefined>;

  /** A key by its id, undefined where it is another subject's. */
  find(subject: string, id: string, waiting?: Waiting): Promise<SubjectKey | Forgotten | undefined>;

  /** Keeps a key unless its subject has one of that generation. Gives what the subject's newest key is then. */
  putIfAbsent(key: SubjectKey, waiting?: Waiting): Promise<SubjectKey | Forgotten>;

  /** Deletes all keys of a subject and keeps that it was forgotten; done again, it changes nothing. */
  delete(subject: string, waiting?: Waiting): Promise<void>;

  /** Puts another wrapping into the place of a key's. False where it is not that one, or not there, any more. */
  replaceWrapped(key: SubjectKey, wrapped: WrappedKey, waiting?: Waiting): Promise<boolean>;

  /** Keys that this wrapping key did not wrap, by their ids, from after one of them on: `limit` of them, or the rest. */
  notWrappedBy(
    wrappingKey: string,
    after: string | undefined,
    limit: number,
    waiting?: Waiting,
  ): Promise<readonly SubjectKey[]>;
}

/** The store did not answer: of no key is known whether it is there. */
export class SubjectKeysUnavailableError extends Error {
  override readonly name = "SubjectKeysUnavailableError";

  /** @param cause for the log: it may name hosts. */
  constructor(cause: unknown) {
    super("the store of data keys can't be reached", { cause });
  }
}
