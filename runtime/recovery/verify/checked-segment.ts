import { createHash } from "node:crypto";
import type { Waiting } from "../../keys/wrapping-keys";
import { type BackupStorage, ObjectMissingError } from "../backup/backup-storage";
import type { Segment } from "../backup/manifest";
import { type SegmentCipher, SegmentRefusedError } from "../backup/segment-cipher";
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
    throw new DamagedSegmentError(await damageOf(storage, segment, waiting), segment);
  }
  if (!stored.are(segment)) throw new DamagedSegmentError(await damageOf(storage, segment, waiting), segment);
}

/** An object that is not what was written. */
export class DamagedSegmentError extends Error {
  override readonly name = "DamagedSegmentError";
  readonly finding: Finding;

  constructor(kind: FindingKind, { key }: Segment) {
    super(`${key}: ${kind}`);
    this.finding = finding(kind, key);
  }
}

/** Looked at as a whole: a reader that stumbled has not seen the rest. */
async function damageOf(storage: BackupStorage, segment: Segment, waiting?: Waiting): Promise<FindingKind> {
  const stored = new MeasuredBytes(storage.read(segment.key, waiting));
  for await (const _ of stored.pass());
  if (stored.are(segment)) return "segment of another place";
  return stored.length < segment.bytes ? "segment truncated" : "segment altered";
}

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
