import type { KeyContext, Waiting, WrappingKeys } from "../../keys/wrapping-keys";
import type { Manifest } from "./manifest";
import { SegmentCipher } from "./segment-cipher";

/** A backup's data key, open. */
export interface BackupKey {
  readonly wrapped: Manifest["key"];
  readonly bytes: Buffer;
  readonly cipher: SegmentCipher;
}

/** Data keys of backups, each wrapped for its backup and for nothing else. */
export class BackupKeys {
  constructor(private readonly wrappingKeys: WrappingKeys) {}

  /** Name of the key that wraps now. */
  get current(): string {
    return this.wrappingKeys.current;
  }

  /** @throws {KeyServiceUnavailableError} */
  async make(backup: string, waiting?: Waiting): Promise<BackupKey> {
    const { plaintext, wrapped } = await this.wrappingKeys.generate(contextOf(backup), waiting);
    const { wrappedBy, bytes } = wrapped;
    return keyOf(backup, { wrappedBy, bytes: Buffer.from(bytes).toString("base64") }, plaintext);
  }

  /** @throws {KeyRefusedError | KeyServiceUnavailableError} */
  async open({ id, key }: Pick<Manifest, "id" | "key">, waiting?: Waiting): Promise<BackupKey> {
    const wrapped = { wrappedBy: key.wrappedBy, bytes: Buffer.from(key.bytes, "base64") };
    return keyOf(id, key, await this.wrappingKeys.unwrap(wrapped, contextOf(id), waiting));
  }
}

/** A policy of KMS may tell keys of backups from those of data by `cqrs:purpose`. */
const contextOf = (backup: string): KeyContext => ({ "cqrs:purpose": "backup", "cqrs:backup": backup });

const keyOf = async (backup: string, wrapped: Manifest["key"], bytes: Buffer): Promise<BackupKey> => ({
  wrapped,
  bytes,
  cipher: await SegmentCipher.create(backup, bytes),
});
