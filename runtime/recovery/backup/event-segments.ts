import { createHash } from "node:crypto";
import type { StoredEvent } from "../../event-store/event-store";
import { positionText } from "../../event-store/position";
import { lineOf } from "./event-line";
import { HashChain } from "./hash-chain";
import type { LastEvent } from "./manifest";

/** What the lines of one segment were. */
interface Tally {
  events: number;
  /** First events of their streams. */
  streams: number;
  first: string;
  last: { readonly event: StoredEvent; readonly line: Buffer } | undefined;
}

/** Cuts a log of events into the lines of segments, one after the other, each with no more in memory than one event. */
export class EventSegments {
  private readonly events: AsyncIterator<StoredEvent>;
  private readonly chain: HashChain;
  private next: StoredEvent | undefined;
  private counted: Tally = { events: 0, streams: 0, first: "", last: undefined };

  /** @param chain where the hash chain goes on. @param segmentBytes of lines, after which a segment ends. */
  constructor(
    events: AsyncIterable<StoredEvent>,
    chain: string,
    private readonly segmentBytes: number,
  ) {
    this.events = events[Symbol.asyncIterator]();
    this.chain = new HashChain(chain);
  }

  /** Whether there is an event for another segment. */
  async hasMore(): Promise<boolean> {
    if (this.next !== undefined) return true;
    const { done, value } = await this.events.next();
    this.next = done === true ? undefined : value;
    return this.next !== undefined;
  }

  async *lines(): AsyncGenerator<Buffer> {
    this.counted = { events: 0, streams: 0, first: "", last: undefined };
    for (let bytes = 0; bytes < this.segmentBytes && (await this.hasMore()); ) {
      const event = this.next;
      if (event === undefined) return;
      const line = lineOf(event);
      this.count(event, line);
      this.next = undefined;
      bytes += line.length;
      yield line;
    }
  }

  /** Of the segment whose lines were read last, and the chain up to its end. */
  get tally() {
    const { last, ...counted } = this.counted;
    return { ...counted, chain: this.chain.value, last: last && lastEvent(last.event, last.line) };
  }

  /** Lets go of the log. */
  async close(): Promise<void> {
    await this.events.return?.();
  }

  private count(event: StoredEvent, line: Buffer): void {
    this.chain.add(line);
    this.counted.events++;
    if (event.revision === 0n) this.counted.streams++;
    if (this.counted.events === 1) this.counted.first = positionText(event.position);
    this.counted.last = { event, line };
  }
}

const lastEvent = (event: StoredEvent, line: Buffer): LastEvent => ({
  stream: event.stream,
  revision: `${event.revision}`,
  position: positionText(event.position),
  sha256: sha256Of(line),
});

export const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
