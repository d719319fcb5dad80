import type { Waiting } from "../../keys/wrapping-keys";

/** What a version of a secret is. Many are nothing any more, and still remembered. */
export type VersionLabel = "current" | "pending" | "previous";

export interface SecretVersion {
  readonly id: string;
  readonly labels: readonly VersionLabel[];
  readonly text: string;
}

/** A secret that remembers what it was. All throw `SecretError`. */
export interface VersionedSecret {
  /** Those with a label, then the newest of the others, as far as they are remembered. None for a secret without a value. */
  versions(waiting?: Waiting): Promise<readonly SecretVersion[]>;

  /** Adds a version with a label, which whichever had it loses. The same again is no other version. */
  put(version: SecretVersion, waiting?: Waiting): Promise<void>;

  /** Makes a version the current one, and the one that was it the previous. */
  promote(id: string, former: string, waiting?: Waiting): Promise<void>;

  /** Takes the label of a pending version away. */
  settle(id: string, waiting?: Waiting): Promise<void>;
}

/** The secret can't be read or written. */
export class SecretError extends Error {
  override readonly name = "SecretError";

  /** @param cause for the log: it names the secret. */
  constructor(what: string, cause?: unknown) {
    super(`secret: ${what}`, { cause });
  }
}
