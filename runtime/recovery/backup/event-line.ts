import type { StoredEvent } from "../../event-store/event-store";
import { positionOf, positionText } from "../../event-store/position";

/** An event as a backup has it: one line of JSON. Short keys, for there are as many of them as events. */
interface Line {
  /** Position, `12/34`. */
  readonly p: string;
  readonly s: string;
  /** Revision: a text, for JSON's numbers end at 53 bits in too many programs. */
  readonly r: string;
  readonly i: string;
  readonly t: string;
  readonly c: string;
  readonly m: Readonly<Record<string, string>>;
  /** The bytes as they are, in base64: what was parsed and written again would be other bytes. */
  readonly d: string;
}

/** The same bytes for the same event, always: hashes are made of them. */
export function lineOf(event: StoredEvent): Buffer {
  const { data } = event;
  const line: Line = {
    p: positionText(event.position),
    s: event.stream,
    r: `${event.revision}`,
    i: event.id,
    t: event.type,
    c: event.created.toISOString(),
    m: event.metadata,
    d: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64"),
  };
  return Buffer.from(`${JSON.stringify(line)}\n`);
}

/** @throws {SyntaxError | RangeError} for what is no event's line. */
export function eventOf(line: Uint8Array): StoredEvent {
  const { p, s, r, i, t, c, m, d } = JSON.parse(Buffer.from(line).toString("utf8")) as Line;
  return {
    position: positionOf(p),
    stream: s,
    revision: BigInt(r),
    id: i,
    type: t,
    created: new Date(c),
    metadata: m,
    data: Buffer.from(d, "base64"),
  };
}

const NEWLINE = 0x0a;

/** Lines of bytes that come in pieces of any size. @throws {SyntaxError} for a last one without its end. */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  // Put together once a line is whole: a large one comes in thousands of pieces.
  let rest: Uint8Array[] = [];
  for await (const piece of bytes) {
    let from = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, from)) {
      yield Buffer.concat([...rest, piece.subarray(from, end + 1)]);
      rest = [];
      from = end + 1;
    }
    if (from < piece.length) rest.push(piece.subarray(from));
  }
  if (rest.length > 0) throw new SyntaxError("the last line has no end");
}
