import { createHash } from "node:crypto";
import type { Waiting } from "../../keys/wrapping-keys";
import { type BackupStorage, isKey, ObjectMissingError } from "../backup/backup-storage";
import type { Segment } from "../backup/manifest";
import { HEADER_BYTES, placeIn, type SegmentCipher, SegmentRefusedError } from "../backup/segment-cipher";
import { segmentBytes } from "../backup/segments";
import { type Finding, type FindingKind, finding } from "./finding";

/** What was written as a segment, as it comes. @throws {DamagedSegmentError} with what is wrong with the object. */
export async function* checkedSegment(
  storage: BackupStorage,
  cipher: SegmentCipher,
  segment: Segment,
  waiting?: Waiting,
): AsyncGenerator<Uint8Array> {
  const stored = new MeasuredBytes(storage.read(segment.key, waiting));
  try {
    yield* segmentBytes(cipher, segment.key, stored.pass());
  } catch (error) {
    if (error instanceof ObjectMissingError) throw new DamagedSegmentError("segment missing", segment);
    if (!(error instanceof SegmentRefusedError)) throw error;
    throw await damageOf(storage, segment, waiting);
  }
  if (!stored.are(segment)) throw await damageOf(storage, segment, waiting);
}

/** An object that is not what was written. */
export class DamagedSegmentError extends Error {
  override readonly name = "DamagedSegmentError";
  readonly finding: Finding;

  constructor(kind: FindingKind, { key }: Segment, message?: string) {
    super(`${key}: ${kind}`);
    this.finding = finding(kind, key, message);
  }
}

/** Looked at as a whole: a reader that stumbled has not seen the rest. */
async function damageOf(storage: BackupStorage, segment: Segment, waiting?: Waiting): Promise<DamagedSegmentError> {
  const stored = new MeasuredBytes(storage.read(segment.key, waiting));
  const header: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of stored.pass()) {
    if (bytes < HEADER_BYTES) header.push(piece);
    bytes += piece.length;
  }
  if (stored.are(segment)) return new DamagedSegmentError("segment of another place", segment);
  const place = placeIn(Buffer.concat(header).subarray(0, HEADER_BYTES));
  // A flipped bit in the header makes another name, too: of nothing that is there.
  if (place !== undefined && place !== segment.key && (await isThere(storage, place, waiting))) {
    const isOfThisBackup = folderOf(place) === folderOf(segment.key);
    const what = isOfThisBackup ? "the segments are in the wrong order" : "it is another backup's";
    return new DamagedSegmentError("segment of another place", segment, `${what}: here is ${place}`);
  }
  return new DamagedSegmentError(bytes < segment.bytes ? "segment truncated" : "segment altered", segment);
}

async function isThere(storage: BackupStorage, key: string, waiting?: Waiting): Promise<boolean> {
  if (!isKey(key)) return false;
  for await (const each of storage.list(key, waiting)) if (each.key === key) return true;
  return false;
}

const folderOf = (key: string): string => key.slice(0, key.lastIndexOf("/"));

class MeasuredBytes {
  length = 0;
  private readonly hash = createHash("sha256");

  constructor(private readonly bytes: AsyncIterable<Uint8Array>) {}

  async *pass(): AsyncGenerator<Uint8Array> {
    for await (const piece of this.bytes) {
      this.length += piece.length;
      this.hash.update(piece);
      yield piece;
    }
  }

  /** Asked once, at the end. */
  are({ bytes, sha256 }: Segment): boolean {
    return this.length === bytes && this.hash.digest("hex") === sha256;
  }
}
