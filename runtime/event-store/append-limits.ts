import type { ExpectedRevision, NewEvent } from "./event-store";

/**
 * Ours, counted as KurrentDB counts (`Event.SizeOnDisk`), whose newest version takes more by its `MaxAppendSize`. What fits here fits
 * into every store, so that events can move from one to another.
 */
export const MAX_APPEND_BYTES = 1024 * 1024;
/** Of a stream's name and of a type. PostgreSQL keeps at most 2,704 bytes in an entry of an index, some for what stands beside. */
const MAX_NAME_BYTES = 1024;
/** Ours: one append is one command's outcome. */
const MAX_EVENTS = 10_000;
/** Any version: KurrentDB and PostgreSQL only look at its form. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Control characters, of which PostgreSQL refuses NUL, and halves of characters, which UTF-8 can't write. */
const UNWRITABLE = /[\p{Cc}\p{Cs}]/u;
/** .NET's count of a type, in UTF-16. */
const BYTES_PER_UNIT = 2;

/** What is appended, as every store can keep it. @throws {RangeError} for what one of them would refuse or change. */
export function checkAppend(
  stream: string,
  events: readonly NewEvent[],
  expected: ExpectedRevision,
  maxBytes: number = MAX_APPEND_BYTES,
): void {
  checkName("stream", stream);
  checkExpected(expected);
  if (events.length < 1 || events.length > MAX_EVENTS) {
    throw outOfRange("events", `1 to ${MAX_EVENTS}`, events.length);
  }
  const ids = new Set<string>();
  let bytes = 0;
  for (const [index, { id, type, data, metadata = {} }] of events.entries()) {
    const path = `events[${index}]`;
    if (!UUID.test(id)) throw outOfRange(`${path}.id`, "a UUID", id);
    if (ids.has(id.toLowerCase())) throw outOfRange(`${path}.id`, "another than those before it", id);
    ids.add(id.toLowerCase());
    checkName(`${path}.type`, type);
    bytes += data.byteLength + type.length * BYTES_PER_UNIT + Buffer.byteLength(JSON.stringify(metadata));
  }
  if (bytes > maxBytes) throw outOfRange("events", `at most ${maxBytes} bytes`, bytes);
}

/** JavaScript knows no types: what a store would only stumble over is said before. */
function checkExpected(expected: unknown): void {
  if (expected === "any" || expected === "no_stream") return;
  if (typeof expected !== "bigint") {
    const shown = typeof expected === "string" ? JSON.stringify(expected) : String(expected);
    const got = typeof expected === "number" ? `the number ${shown}, which is no bigint` : shown;
    throw outOfRange("expected", '"any", "no_stream" or a revision', got);
  }
  if (expected < 0n) throw outOfRange("expected", "at least 0", expected);
}

function checkName(path: string, name: string): void {
  const bytes = Buffer.byteLength(name);
  if (bytes < 1 || bytes > MAX_NAME_BYTES) throw outOfRange(path, `1 to ${MAX_NAME_BYTES} bytes`, bytes);
  if (name.startsWith("$")) throw outOfRange(path, "without $ at its beginning, which is the store's own", name);
  checkWritable(path, name);
}

/** A stream's name that is read. @throws {RangeError} for what would be the name of another stream, or of none. */
export const checkStreamName = (stream: string): void => checkWritable("stream", stream);

function checkWritable(path: string, name: string): void {
  if (UNWRITABLE.test(name)) throw outOfRange(path, "of characters that can be written", JSON.stringify(name));
}

const outOfRange = (path: string, wanted: string, got: unknown) =>
  new RangeError(`${path}: must be ${wanted}, got ${got}`);
