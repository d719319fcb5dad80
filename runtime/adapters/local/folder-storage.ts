import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, link, lstat, mkdir, open, opendir, realpath, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { eachWithin } from "../../deadline";
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
import { SettingsError } from "../../settings";
import { filesBelow, objectName } from "./files-below";
import { makeFolder } from "./made-folder";

/** What is read at once: no more calls than needed, and no more memory than a few of them. */
const CHUNK_BYTES = 256 * 1024;
/** A file that is still being written, beside where it will be: no key has such a name. */
const UNFINISHED = /^\.[0-9a-f-]{36}~(.+)$/;
/** Backups are for nobody else on the machine. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
/** There is no file of that name: none at all, or a file where the name has a folder. */
const NO_FILE = ["ENOENT", "ENOTDIR"];

/**
 * Backups in a folder of a file system that has hard links, for a developer's machine, a mounted volume and tests. An
 * object is a file, its key is its path. No file is a folder: of `a` and `a/b` it can keep one, where S3 keeps both.
 */
export class FolderStorage implements BackupStorage {
  readonly place: string;

  private constructor(private readonly root: string) {
    this.place = `folder ${root}`;
  }

  /**
   * Makes the folder if it is not there.
   * @param name of the setting that it comes from.
   * @throws {SettingsError} when it can't be made, or is no folder.
   */
  static async create(folder: string, name = "folder"): Promise<FolderStorage> {
    try {
      await makeFolder(resolve(folder), FOLDER_MODE);
      return new FolderStorage(await realpath(folder));
    } catch (error) {
      throw new SettingsError([
        `${name}: must be a folder that can be used, got ${JSON.stringify(folder)}: ${codeOf(error)}`,
      ]);
    }
  }

  /** Of a folder that is there. @throws {SettingsError} when it is not, or is no folder. */
  static async open(folder: string, name = "folder"): Promise<FolderStorage> {
    try {
      await (await opendir(folder)).close();
      return new FolderStorage(await realpath(folder));
    } catch (error) {
      throw new SettingsError([
        `${name}: must be a folder that is there, got ${JSON.stringify(folder)}: ${codeOf(error)}`,
      ]);
    }
  }

  async write(
    key: string,
    bytes: AsyncIterable<Uint8Array>,
    { signal, ifAbsent = false }: Writing = {},
  ): Promise<WrittenObject> {
    const path = this.pathOf(key);
    signal?.throwIfAborted();
    await attempt(key, () => this.makeFolders(key));
    const unfinished = join(dirname(path), `.${randomUUID()}~${key.slice(key.lastIndexOf("/") + 1)}`);
    const file = await attempt(key, () => open(unfinished, "wx+", FILE_MODE));
    try {
      const written = await fill(key, file, eachWithin({ signals: [signal] }, bytes));
      signal?.throwIfAborted();
      await attempt(key, () => (ifAbsent ? linkIfAbsent(key, unfinished, path) : rename(unfinished, path)));
      await attempt(key, () => sync(dirname(path)));
      return written;
    } finally {
      await file.close().catch(() => {});
      await rm(unfinished, { force: true }).catch(() => {});
    }
  }

  async *read(key: string, { signal }: Waiting = {}): AsyncGenerator<Uint8Array, void, undefined> {
    const path = this.pathOf(key);
    signal?.throwIfAborted();
    const file = await attempt(key, () => openObject(key, path));
    try {
      for await (const chunk of eachWithin({ signals: [signal] }, chunksOf(key, file))) {
        yield chunk;
        signal?.throwIfAborted();
      }
    } finally {
      await file.close();
    }
  }

  async *list(prefix: string, { signal }: Waiting = {}): AsyncGenerator<StoredObject, void, undefined> {
    for await (const { path, key } of this.files(prefix, objectName, signal)) {
      const stat = await attempt(prefix, () => unlessMissing(lstat(path)));
      if (stat !== undefined) yield { key, bytes: stat.size };
      signal?.throwIfAborted();
    }
  }

  async delete(key: string, { signal }: Waiting = {}): Promise<void> {
    const path = this.pathOf(key);
    signal?.throwIfAborted();
    await attempt(key, async () => {
      if ((await unlessMissing(statInside(path)))?.isFile() !== true) return;
      await rm(path, { force: true });
      await sync(dirname(path));
    });
  }

  async discardUnfinished(prefix: string, { signal }: Waiting = {}): Promise<void> {
    for await (const { path } of this.files(prefix, unfinishedName, signal))
      await attempt(prefix, () => rm(path, { force: true }));
  }

  close(): void {}

  private pathOf(key: string): string {
    return join(this.root, ...checkKey(key).split("/"));
  }

  private async *files(...[prefix, nameOf, signal]: [string, typeof objectName, AbortSignal | undefined]) {
    signal?.throwIfAborted();
    const files = filesBelow(this.root, prefix, nameOf);
    while (true) {
      const { value, done } = await attempt(prefix, () => files.next());
      signal?.throwIfAborted();
      if (done === true || value === undefined) return;
      yield value;
    }
  }

  /** Syncs those that are there already, too: who made them may have been killed before they were kept. */
  private async makeFolders(key: string): Promise<void> {
    let folder = this.root;
    for (const name of key.split("/").slice(0, -1)) {
      const parent = folder;
      folder = join(parent, name);
      await mkdir(folder, { mode: FOLDER_MODE }).catch((error) => {
        if (codeOf(error) !== "EEXIST") throw error;
      });
      // By a symbolic link it could be anywhere.
      if (!(await lstat(folder)).isDirectory()) throw new Error(`${folder} is no folder`);
      await sync(parent);
    }
  }
}

async function fill(key: string, file: FileHandle, bytes: AsyncIterable<Uint8Array>): Promise<WrittenObject> {
  const sent = createHash("sha256");
  let count = 0;
  for await (const chunk of bytes) {
    await attempt(key, () => file.writeFile(chunk));
    sent.update(chunk);
    count += chunk.length;
  }
  await attempt(key, () => file.sync());
  const sha256 = sent.digest("hex");
  const kept = createHash("sha256");
  for await (const chunk of chunksOf(key, file)) kept.update(chunk);
  if (kept.digest("hex") !== sha256)
    throw new BackupStorageError(key, new Error("other bytes are kept than were sent"));
  return { key, bytes: count, sha256 };
}

/** As many as it has now. An object's file is never written to: who replaces the object makes another file. */
async function* chunksOf(key: string, file: FileHandle): AsyncGenerator<Uint8Array, void, undefined> {
  const { size } = await attempt(key, () => file.stat());
  for (let position = 0; position < size; ) {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size - position));
    const { bytesRead } = await attempt(key, () => file.read(buffer, 0, buffer.length, position));
    if (bytesRead === 0) throw new BackupStorageError(key, new Error(`ended at ${position} of ${size} bytes`));
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function openObject(key: string, path: string): Promise<FileHandle> {
  const stat = await unlessMissing(statInside(path));
  if (stat === undefined || stat.isDirectory()) throw new ObjectMissingError(key);
  return open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error) => {
    throw NO_FILE.includes(codeOf(error)) ? new ObjectMissingError(key) : error;
  });
}

/** Of two writers one makes the link. */
async function linkIfAbsent(key: string, unfinished: string, path: string): Promise<void> {
  try {
    await link(unfinished, path);
  } catch (error) {
    if (codeOf(error) === "EEXIST" && (await lstat(path)).isFile()) throw new ObjectExistsError(key);
    throw error;
  }
}

/** Of what is there, without a symbolic link on the way, which could lead anywhere. */
async function statInside(path: string) {
  const stat = await lstat(path);
  if (stat.isSymbolicLink() || (await realpath(path)) !== path) throw new Error(`${path} is a symbolic link`);
  return stat;
}

/** The names in a folder are kept once the folder is synced, not with the files. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function unlessMissing<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (NO_FILE.includes(codeOf(error))) return undefined;
    throw error;
  }
}

/** What the file system throws becomes the port's. */
async function attempt<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const isPorts = error instanceof ObjectExistsError || error instanceof ObjectMissingError;
    throw isPorts ? error : new BackupStorageError(key, error);
  }
}

const unfinishedName = (fileName: string): string | undefined => UNFINISHED.exec(fileName)?.[1];
const codeOf = (error: unknown): string => `${(error as NodeJS.ErrnoException).code}`;
