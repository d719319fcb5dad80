import type { Waiting } from "../../keys/wrapping-keys";
import type { BackupStorage } from "./backup-storage";

/** A manifest of a thousand tables and ten thousand segments has some megabytes. */
const MAX_BYTES = 64 * 1024 * 1024;

/** @throws {SyntaxError} for what is no JSON, or is too long for it. */
export async function jsonIn(storage: BackupStorage, key: string, waiting?: Waiting): Promise<unknown> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of storage.read(key, waiting)) {
    bytes += piece.length;
    if (bytes > MAX_BYTES) throw new SyntaxError(`more than ${MAX_BYTES} bytes`);
    pieces.push(piece);
  }
  return JSON.parse(Buffer.concat(pieces).toString("utf8"));
}

export async function* bytesOfJson(value: unknown): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
}
