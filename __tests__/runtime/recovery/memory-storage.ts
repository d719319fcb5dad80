import { createHash } from "node:crypto";
import {
  type BackupStorage,
  ObjectExistsError,
  ObjectMissingError,
  type StoredObject,
  type Writing,
  type WrittenObject,
} from "../../../runtime/recovery/backup/backup-storage";

/** A test double of a storage: a map, whose objects a test may damage. */
export class MemoryStorage implements BackupStorage {
  readonly place = "memory";
  readonly objects = new Map<string, Buffer>();

  async write(key: string, bytes: AsyncIterable<Uint8Array>, { ifAbsent }: Writing = {}): Promise<WrittenObject> {
    const pieces: Uint8Array[] = [];
    for await (const piece of bytes) pieces.push(piece);
    if (ifAbsent === true && this.objects.has(key)) throw new ObjectExistsError(key);
    const all = Buffer.concat(pieces);
    this.objects.set(key, all);
    return { key, bytes: all.length, sha256: createHash("sha256").update(all).digest("hex") };
  }

  async *read(key: string): AsyncGenerator<Uint8Array> {
    const all = this.objects.get(key);
    if (all === undefined) throw new ObjectMissingError(key);
    for (let at = 0; at < all.length; at += 1000) yield all.subarray(at, at + 1000);
  }

  async *list(prefix: string): AsyncGenerator<StoredObject> {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    for (const key of keys) yield { key, bytes: this.objects.get(key)?.length ?? 0 };
  }

  async delete(key: string): Promise<void> {
    this.objects.delete(key);
  }

  async discardUnfinished(): Promise<void> {}

  close(): void {}

  /** The only key that begins so, by its number among them. */
  key(prefix: string, number = 0): string {
    const key = [...this.objects.keys()].filter((each) => each.startsWith(prefix)).sort()[number];
    if (key === undefined) throw new Error(`nothing begins with ${prefix}`);
    return key;
  }

  change(key: string, change: (bytes: Buffer) => Buffer): void {
    const bytes = this.objects.get(key);
    if (bytes === undefined) throw new Error(`there is no ${key}`);
    this.objects.set(key, change(Buffer.from(bytes)));
  }
}
