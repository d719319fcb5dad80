import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/**
 * Writes files into a folder, which is made: each is there as a whole or as it was before, and none before all are written.
 * What a killed run has left is overwritten by the next.
 * @returns their paths
 */
export async function writeWhole(folder: string, files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const written = Object.keys(files).map((name) => ({ from: join(folder, `.${name}.tmp`), to: join(folder, name) }));
  try {
    for (const [index, text] of Object.values(files).entries()) await writeDown(`${written[index]?.from}`, text);
    for (const { from, to } of written) await rename(from, to);
  } catch (error) {
    for (const { from } of written) await rm(from, { force: true });
    throw error;
  }
  await onDisk(folder);
  return written.map(({ to }) => to);
}

async function writeDown(path: string, text: string): Promise<void> {
  const file = await open(path, "w", 0o644);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A renaming is only on disk once its folder is. */
async function onDisk(folder: string): Promise<void> {
  const opened = await open(folder, "r");
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}
