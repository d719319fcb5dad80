import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder, with those that it is in, where it is not there. Node's own way to do so tries for ever where a file system
 * takes no folders, as `/proc` does, and nothing ends it.
 * @param folder its path from the root.
 */
export async function makeFolder(folder: string, mode: number): Promise<void> {
  const make = () => mkdir(folder, { mode });
  try {
    await make().catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      await makeFolder(dirname(folder), mode);
      await make();
    });
  } catch (error) {
    // It is there, or another has made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST" || !(await stat(folder)).isDirectory()) throw error;
  }
}
