import type { StoredEvent } from "../../event-store/event-store";
import { positionText } from "../../event-store/position";
import { lineOf } from "./event-line";
import { HashChain } from "./hash-chain";
import { lastEventOf } from "./last-event";

/** What the lines of one segment were. */
interface Tally {
  events: number;
  /** First events of their streams. */
  streams: number;
  first: string;
  last: { readonly event: StoredEvent; readonly line: Buffer } | undefined;
}

const PIECE_BYTES = 64 * 1024;

/** Cuts a log of events into the lines of segments, one after the other, each with no more in memory than some events. */
export class EventSegments {
  private readonly batches: AsyncIterator<readonly StoredEvent[]>;
  private batch: readonly StoredEvent[] = [];
  private index = 0;
  private readonly chain: HashChain;
  private counted: Tally = { events: 0, streams: 0, first: "", last: undefined };

  /** @param chain where the hash chain goes on. @param segmentBytes of lines, after which a segment ends. */
  constructor(
    batches: AsyncIterable<readonly StoredEvent[]>,
    chain: string,
    private readonly segmentBytes: number,
  ) {
    this.batches = batches[Symbol.asyncIterator]();
    this.chain = new HashChain(chain);
  }

  /** Whether there is an event for another segment. */
  async hasMore(): Promise<boolean> {
    while (this.index >= this.batch.length) {
      const { done, value } = await this.batches.next();
      if (done === true) return false;
      [this.batch, this.index] = [value, 0];
    }
    return true;
  }

  /** In pieces of many lines. */
  async *lines(): AsyncGenerator<Buffer> {
    this.counted = { events: 0, streams: 0, first: "", last: undefined };
    for (let bytes = 0; bytes < this.segmentBytes && (await this.hasMore()); ) {
      const lines: Buffer[] = [];
      for (let piece = 0; piece < PIECE_BYTES && bytes < this.segmentBytes; ) {
        const event = this.batch[this.index];
        if (event === undefined) break;
        this.index++;
        const line = lineOf(event);
        this.count(event, line);
        lines.push(line);
        bytes += line.length;
        piece += line.length;
      }
      yield Buffer.concat(lines);
    }
  }

  /** Of the segment whose lines were read last, and the chain up to its end. */
  get tally() {
    const { last, ...counted } = this.counted;
    const lastCreated = last?.event.created.toISOString();
    return { ...counted, lastCreated, chain: this.chain.value, last: last && lastEventOf(last.event, last.line) };
  }

  /** Lets go of the log. */
  async close(): Promise<void> {
    await this.batches.return?.();
  }

  private count(event: StoredEvent, line: Buffer): void {
    this.chain.add(line);
    this.counted.events++;
    if (event.revision === 0n) this.counted.streams++;
    if (this.counted.events === 1) this.counted.first = positionText(event.position);
    this.counted.last = { event, line };
  }
}
