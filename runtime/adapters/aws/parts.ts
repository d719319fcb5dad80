import { createHash, type Hash } from "node:crypto";
import { within } from "../../deadline";

/** A part of an object, whole. */
export interface Part {
  /** From 1. */
  readonly number: number;
  /** In one of the buffers, which is given back once they are sent. */
  readonly bytes: Buffer;
  readonly sha256: Buffer;
  readonly isLast: boolean;
  release(): void;
}

/** Buffers that are used again and again: no more of them are made, however many parts there are. */
export class PartBuffers {
  private readonly free: Buffer[] = [];
  private made = 0;
  private waiting: ((buffer: Buffer) => void) | undefined;

  constructor(
    private readonly bytes: number,
    private readonly most: number,
  ) {}

  /** Waits until there is one, for one caller at a time. */
  async take(signal: AbortSignal): Promise<Buffer> {
    const buffer = this.free.pop();
    if (buffer !== undefined) return buffer;
    if (this.made < this.most) {
      this.made++;
      return Buffer.allocUnsafeSlow(this.bytes);
    }
    const given = new Promise<Buffer>((resolve) => {
      this.waiting = resolve;
    });
    return within({ signals: [signal] }, () => given);
  }

  give(buffer: Buffer): void {
    if (this.waiting === undefined) this.free.push(buffer);
    else this.waiting(buffer);
    this.waiting = undefined;
  }
}

/**
 * Bytes in parts as large as the buffers are, but for the last one, of which there always is one. A full part waits for the
 * next byte, to know that it is not the last.
 */
export async function* partsOf(
  bytes: AsyncIterable<Uint8Array>,
  buffers: PartBuffers,
  signal: AbortSignal,
): AsyncGenerator<Part, void, undefined> {
  let part = new FillingPart(1, await buffers.take(signal), buffers);
  for await (const piece of bytes) {
    for (let rest = piece; rest.length > 0; ) {
      if (part.isFull) {
        yield part.end(false);
        part = new FillingPart(part.number + 1, await buffers.take(signal), buffers);
      }
      rest = rest.subarray(part.fill(rest));
    }
  }
  yield part.end(true);
}

class FillingPart {
  private readonly hash: Hash = createHash("sha256");
  private filled = 0;

  constructor(
    readonly number: number,
    private readonly buffer: Buffer,
    private readonly buffers: PartBuffers,
  ) {}

  get isFull(): boolean {
    return this.filled === this.buffer.length;
  }

  /** @returns how many it took. */
  fill(bytes: Uint8Array): number {
    const taken = bytes.subarray(0, this.buffer.length - this.filled);
    this.buffer.set(taken, this.filled);
    this.filled += taken.length;
    this.hash.update(taken);
    return taken.length;
  }

  end(isLast: boolean): Part {
    return {
      number: this.number,
      bytes: this.buffer.subarray(0, this.filled),
      sha256: this.hash.digest(),
      isLast,
      release: () => this.buffers.give(this.buffer),
    };
  }
}
