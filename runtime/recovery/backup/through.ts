import { type Duplex, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** What a stream makes of bytes. It ends with whoever reads it, and with what goes wrong on either side. */
export async function* through(bytes: AsyncIterable<Uint8Array>, stream: Duplex): AsyncGenerator<Uint8Array> {
  const ended = pipeline(Readable.from(bytes), stream);
  // Told by the loop below, or by nobody where nobody reads any more.
  ended.catch(() => undefined);
  yield* stream as AsyncIterable<Uint8Array>;
  await ended;
}
