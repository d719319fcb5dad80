import { createHash } from "node:crypto";

/**
 * The id of what follows from an event or a command, the same whenever it follows from it: whoever does the work twice, or
 * after another, appends nothing twice. A UUID of version 8 (RFC 9562) from a SHA-256 of both texts.
 *
 * @param cause id of the event or command that it follows from.
 * @param what tells what follows from the same cause apart: the stream and a number in it.
 */
export function derivedEventId(cause: string, what: string): string {
  const bytes = createHash("sha256").update(`${cause.length}:${cause}${what}`).digest();
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex", 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
