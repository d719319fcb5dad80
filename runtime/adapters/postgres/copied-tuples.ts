/** `PGCOPY\n`, 255, `\r\n`, 0: what binary COPY begins with, then its flags and the length of an extension. */
const SIGNATURE_BYTES = 11;
const HEADER_BYTES = SIGNATURE_BYTES + 4 + 4;
const COUNT_BYTES = 2;
const LENGTH_BYTES = 4;

/** Where a tuple stands in the bytes that were received: its count of fields, then each with its length before it. */
export interface Tuple {
  readonly bytes: Buffer;
  readonly at: number;
}

/** Tuples of binary COPY, out of pieces of any size. */
export class CopiedTuples {
  /** What was received and is of no whole tuple, and how many bytes there are to be before it can be. */
  private pieces: Buffer[] = [];
  private received = 0;
  private wanted = 0;
  private hasHeader = false;

  constructor(private readonly fields: number) {}

  /** Those that are whole by now. They keep the piece in memory for as long as anybody keeps them. */
  add(piece: Buffer): readonly Tuple[] {
    this.pieces.push(piece);
    this.received += piece.length;
    // A large event comes in many pieces: put together one by one, each would be copied as often as there are others behind it.
    if (this.received < this.wanted) return [];
    const bytes = this.pieces.length === 1 ? piece : Buffer.concat(this.pieces);
    const tuples: Tuple[] = [];
    let at = this.hasHeader ? 0 : headerEnd(bytes);
    if (at > bytes.length) return tuples;
    this.hasHeader = true;
    let end = this.endOf(bytes, at);
    for (; end <= bytes.length; end = this.endOf(bytes, at)) {
      tuples.push({ bytes, at });
      at = end;
    }
    this.pieces = [bytes.subarray(at)];
    [this.received, this.wanted] = [bytes.length - at, end - at];
    return tuples;
  }

  /** Behind the bytes where it has not all come yet: as far as is known. There are no more behind one of -1 fields. */
  private endOf(bytes: Buffer, from: number): number {
    let at = from + COUNT_BYTES;
    if (at > bytes.length) return at;
    if (bytes.readInt16BE(from) !== this.fields) return Number.POSITIVE_INFINITY;
    for (let field = 0; field < this.fields; field++) {
      if (at + LENGTH_BYTES > bytes.length) return at + LENGTH_BYTES;
      at += LENGTH_BYTES + Math.max(bytes.readInt32BE(at), 0);
    }
    return at;
  }
}

/** Where a field of a tuple begins, and how many bytes it has; below 0 for null. */
export function fieldOf({ bytes, at }: Tuple, index: number): { readonly from: number; readonly length: number } {
  let from = at + COUNT_BYTES;
  for (let field = 0; field < index; field++) from += LENGTH_BYTES + Math.max(bytes.readInt32BE(from), 0);
  return { from: from + LENGTH_BYTES, length: bytes.readInt32BE(from) };
}

const headerEnd = (bytes: Buffer): number =>
  bytes.length < HEADER_BYTES
    ? Number.POSITIVE_INFINITY
    : HEADER_BYTES + bytes.readInt32BE(HEADER_BYTES - LENGTH_BYTES);
