/** What a wait may be ended by. */
export interface Waiting {
  /** Ends the wait of this caller with the signal's reason; what others wait for goes on. @default - the time limit alone */
  readonly signal?: AbortSignal;
}

/** A data key that only its wrapping key can open. */
export interface WrappedKey {
  /** Name of the wrapping key: of KMS, its ARN. */
  readonly wrappedBy: string;
  readonly bytes: Uint8Array;
}

/**
 * What a data key is for. It is bound to the wrapped key, which opens under the same context alone. It is no secret: KMS
 * writes it to CloudTrail as it is, so nothing of a person may stand in it.
 */
export type KeyContext = Readonly<Record<string, string>>;

export interface NewDataKey {
  /** 32 bytes, whose zeroing is the caller's. */
  readonly plaintext: Buffer;
  readonly wrapped: WrappedKey;
}

/** AES-256. */
export const DATA_KEY_BYTES = 32;

/** Keys that make and wrap data keys, and that nobody sees: one that wraps, and former ones that still open. */
export interface WrappingKeys {
  /** Name of the one that wraps now. */
  readonly current: string;

  /** @throws {KeyServiceUnavailableError} */
  generate(context: KeyContext, waiting?: Waiting): Promise<NewDataKey>;

  /**
   * The data key's 32 bytes, whose zeroing is the caller's.
   * @throws {KeyRefusedError} when it was not wrapped like this, or by a key that is none of these.
   * @throws {KeyServiceUnavailableError} when that is not known.
   */
  unwrap(wrapped: WrappedKey, context: KeyContext, waiting?: Waiting): Promise<Buffer>;

  /**
   * The same data key, wrapped by the key that wraps now.
   * @throws {KeyRefusedError} as `unwrap` does.
   * @throws {KeyServiceUnavailableError} likewise.
   */
  rewrap(wrapped: WrappedKey, context: KeyContext, waiting?: Waiting): Promise<WrappedKey>;

  close(): void;
}

/** The keys can't be used now: nothing is known of what should have been wrapped or opened. */
export class KeyServiceUnavailableError extends Error {
  override readonly name = "KeyServiceUnavailableError";

  /** @param cause for the log: it may name hosts and keys. */
  constructor(cause: unknown) {
    super("the service that wraps data keys can't be used", { cause });
  }
}

/** A wrapped key that does not open: changed, of another context, or of a wrapping key that is not trusted. */
export class KeyRefusedError extends Error {
  override readonly name = "KeyRefusedError";

  constructor(cause?: unknown) {
    super("a wrapped data key does not open as what it is said to be", { cause });
  }
}
