import type { Waiting } from "../../keys/wrapping-keys";
import type { BackupStorage } from "./backup-storage";

/** A manifest of a thousand tables and ten thousand segments has some megabytes. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Ours has some levels. Whoever walks through what is deeper comes to the end of the stack. */
const MAX_DEPTH = 32;

/** @throws {SyntaxError} for what is no JSON, or is too long or too deep for it. */
export async function jsonIn(storage: BackupStorage, key: string, waiting?: Waiting): Promise<unknown> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of storage.read(key, waiting)) {
    bytes += piece.length;
    if (bytes > MAX_BYTES) throw new SyntaxError(`more than ${MAX_BYTES} bytes`);
    pieces.push(piece);
  }
  const value: unknown = JSON.parse(Buffer.concat(pieces).toString("utf8"));
  if (isDeeperThan(MAX_DEPTH, value)) throw new SyntaxError(`more than ${MAX_DEPTH} levels`);
  return value;
}

const isDeeperThan = (levels: number, value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  (levels === 0 || Object.values(value).some((each) => isDeeperThan(levels - 1, each)));

export async function* bytesOfJson(value: unknown): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
}
