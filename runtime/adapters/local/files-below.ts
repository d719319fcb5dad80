import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isKey } from "../../recovery/backup/backup-storage";

export interface FileBelow {
  readonly path: string;
  readonly key: string;
}

/** The last part of a key by the name of a file, or nothing if the file is none that is looked for. */
export type NameOfFile = (fileName: string) => string | undefined;

/** The name of an object's file is the last part of its key. */
export const objectName: NameOfFile = (fileName) => (isKey(fileName) ? fileName : undefined);

/**
 * Files below a folder whose keys begin with a prefix, in the order of their keys' bytes. Symbolic links are no files, and
 * lead nowhere. One folder's names at a time are in memory.
 */
export async function* filesBelow(
  root: string,
  prefix: string,
  nameOf: NameOfFile,
  above = "",
): AsyncGenerator<FileBelow, void, undefined> {
  for (const entry of (await entriesOf(join(root, above))).sort(byKey)) {
    if (entry.isDirectory() && isKey(entry.name)) {
      const folder = `${above}${entry.name}/`;
      if (folder.startsWith(prefix) || prefix.startsWith(folder)) yield* filesBelow(root, prefix, nameOf, folder);
    }
    const name = entry.isFile() ? nameOf(entry.name) : undefined;
    if (name !== undefined && `${above}${name}`.startsWith(prefix))
      yield { path: join(root, above, entry.name), key: `${above}${name}` };
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    // It was there a moment ago.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Names of keys are ASCII: JavaScript's order is that of their bytes. A folder stands where its keys do, with their slash. */
const byKey = (a: Dirent, b: Dirent): number => (sortName(a) < sortName(b) ? -1 : 1);
const sortName = (entry: Dirent): string => (entry.isDirectory() ? `${entry.name}/` : entry.name);
