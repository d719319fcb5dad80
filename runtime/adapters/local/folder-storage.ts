import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, link, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Waiting } from "../../keys/wrapping-keys";
import {
  type BackupStorage,
  BackupStorageError,
  checkKey,
  ObjectExistsError,
  ObjectMissingError,
  type StoredObject,
  type Writing,
  type WrittenObject,
} from "../../recovery/backup/backup-storage";

/** Where objects are written before they are there, by their keys. No key begins with a dot, so that no list has it. */
const UNFINISHED = ".unfinished";
const READ_BYTES = 256 * 1024;

/** Objects as files of a folder: of a disk of one's own, or of one that is mounted. */
export class FolderStorage implements BackupStorage {
  private constructor(readonly place: string) {}

  /** Makes the folder where it isn't there yet. @throws {BackupStorageError} when it can't be made. */
  static async open(folder: string): Promise<FolderStorage> {
    const place = resolve(folder);
    await told(folder, () => mkdir(join(place, UNFINISHED), { recursive: true }));
    return new FolderStorage(place);
  }

  async write(
    key: string,
    bytes: AsyncIterable<Uint8Array>,
    { ifAbsent, signal }: Writing = {},
  ): Promise<WrittenObject> {
    const path = this.pathOf(key);
    const unfinished = join(this.place, UNFINISHED, `${encodeURIComponent(key)}${randomUUID()}`);
    const written = { key, bytes: 0, sha256: "" };
    let failure: { readonly error: unknown } | undefined;
    try {
      const file = await told(key, () => open(unfinished, "wx"));
      try {
        const hash = createHash("sha256");
        // What comes from elsewhere fails by its own error.
        for await (const piece of bytes) {
          signal?.throwIfAborted();
          hash.update(piece);
          written.bytes += piece.length;
          await told(key, () => writeAll(file, piece));
        }
        await told(key, () => file.sync());
        written.sha256 = hash.digest("hex");
      } finally {
        await file.close();
      }
      await told(key, () => mkdir(dirname(path), { recursive: true }));
      await told(key, () => (ifAbsent === true ? link(unfinished, path) : rename(unfinished, path)));
      // The name is on the disk with its folder, not with the file.
      await told(key, () => synced(dirname(path)));
    } catch (error) {
      failure = { error };
    }
    await rm(unfinished, { force: true }).catch(() => undefined);
    if (failure !== undefined) throw failure.error;
    return written;
  }

  async *read(key: string, { signal }: Waiting = {}): AsyncGenerator<Uint8Array> {
    const pieces = createReadStream(this.pathOf(key), { highWaterMark: READ_BYTES, signal });
    try {
      yield* pieces as AsyncIterable<Buffer>;
    } catch (error) {
      signal?.throwIfAborted();
      throw errorOf(key, error);
    }
  }

  async *list(prefix: string, { signal }: Waiting = {}): AsyncGenerator<StoredObject> {
    const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
    for await (const key of this.keysIn(folder)) {
      signal?.throwIfAborted();
      if (!key.startsWith(prefix)) continue;
      const found = await told(key, () => stat(this.pathOf(key))).catch(ignoreMissing);
      if (found !== undefined) yield { key, bytes: found.size };
    }
  }

  async delete(key: string): Promise<void> {
    const path = this.pathOf(key);
    await told(key, () => rm(path, { force: true }));
  }

  async discardUnfinished(prefix: string): Promise<void> {
    const folder = join(this.place, UNFINISHED);
    await told(prefix, async () => {
      const names = (await readdir(folder)).filter((name) => name.startsWith(encodeURIComponent(prefix)));
      for (const name of names) await rm(join(folder, name), { force: true });
    });
  }

  close(): void {}

  /** In the order of S3's lists: as if the key were one text, and no folders. */
  private async *keysIn(folder: string): AsyncGenerator<string> {
    const entries = await told(folder, () => readdir(join(this.place, folder), { withFileTypes: true })).catch(
      ignoreMissing,
    );
    const names = (entries ?? [])
      .filter((entry) => !entry.name.startsWith(".") && (entry.isFile() || entry.isDirectory()))
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    for (const name of names) {
      if (name.endsWith("/")) yield* this.keysIn(`${folder}${name}`);
      else yield `${folder}${name}`;
    }
  }

  private pathOf(key: string): string {
    return join(this.place, checkKey(key));
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
}

async function synced(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function told<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw errorOf(key, error);
  }
}

function errorOf(key: string, error: unknown): Error {
  const code = (error as { code?: unknown }).code;
  if (code === "ENOENT") return new ObjectMissingError(key);
  return code === "EEXIST" ? new ObjectExistsError(key) : new BackupStorageError(key, error);
}

function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof ObjectMissingError)) throw error;
}
