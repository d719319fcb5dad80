import type { StreamsClient } from "@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb";
import type {
  AppendReq,
  AppendResp,
  ReadReq,
  ReadResp,
} from "@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb";
import { TimeLimitError, within } from "../../deadline";
import { checkAppend } from "../../event-store/append-limits";
import {
  type Appended,
  type CountedEvents,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type Reading,
  RevisionError,
  type StoredEvent,
  type StreamReading,
} from "../../event-store/event-store";
import { comparePositions, type Position } from "../../event-store/position";
import { type Ends, StoreCalls } from "../../event-store/store-calls";
import { KurrentDbConnection } from "./kurrentdb-connection";
import type { KurrentDbSettings } from "./kurrentdb-settings";
import { eventOf, StreamsMessages } from "./streams-messages";

/** An answer of KurrentDB takes milliseconds; a channel that is left without need costs as much. */
const HUNG_MILLISECONDS = 1000;

export interface KurrentDbEventStoreOptions extends KurrentDbSettings {
  /** What one answer may take; of a read each event, of a subscription its confirmation. @default 10000 */
  readonly answerMilliseconds?: number;
  /** Of one append, at most the server's `MaxAppendSize`. @default 1048576 */
  readonly maxAppendBytes?: number;
}

/**
 * Events in KurrentDB, by the protocol that its official client is generated from. Reads are the protocol's own reads with a
 * count, which end at the server's word and are cancelled at ours; the client's own go through an addon that can't be
 * cancelled. `any` knows the same ids again only for as long as the server remembers them; a revision does so always.
 */
export class KurrentDbEventStore implements EventStore {
  readonly keepsEvents = false;
  private readonly calls = new StoreCalls();
  readonly failures = this.calls.failures;
  private readonly connection: KurrentDbConnection;
  private readonly answerMilliseconds: number;
  private readonly maxAppendBytes: number | undefined;
  private messages: Promise<StreamsMessages> | undefined;

  /** @throws {SettingsError} for a connection string without TLS, and for what is no connection string. */
  constructor(options: KurrentDbEventStoreOptions) {
    this.connection = new KurrentDbConnection(options);
    this.answerMilliseconds = options.answerMilliseconds ?? 10_000;
    this.maxAppendBytes = options.maxAppendBytes;
  }

  async append(
    stream: string,
    events: readonly NewEvent[],
    expected: ExpectedRevision,
    { signal }: Reading = {},
  ): Promise<Appended> {
    checkAppend(stream, events, expected, this.maxAppendBytes);
    return this.calls.run(signal, async (ends) => {
      const messages = await this.loaded();
      const answer = await this.send(ends, messages.appendRequests(stream, events, expected));
      const wrong = answer.getWrongExpectedVersion();
      if (wrong !== undefined) {
        const actual = wrong.hasCurrentRevision() ? BigInt(wrong.getCurrentRevision()) : undefined;
        throw new RevisionError(stream, expected, actual);
      }
      const revision = BigInt(answer.getSuccess()?.getCurrentRevision() ?? events.length - 1);
      const at = answer.getSuccess()?.getPosition();
      if (at !== undefined) {
        return {
          revision,
          position: { major: BigInt(at.getCommitPosition()), minor: BigInt(at.getPreparePosition()) },
        };
      }
      // Of ids that it has already, a server doesn't always say where.
      for await (const { position } of this.read(ends, messages.streamRequest(stream, revision, 1))) {
        return { revision, position };
      }
      throw new Error("an append was answered with an event that isn't there");
    });
  }

  readStream(stream: string, { from = 0n, signal }: StreamReading = {}): AsyncIterable<StoredEvent> {
    return this.calls.stream(signal, (ends) => this.streamEvents(ends, stream, from));
  }

  readLast(stream: string, { signal }: Reading = {}): Promise<StoredEvent | undefined> {
    return this.calls.run(signal, async (ends) => {
      const messages = await this.loaded();
      for await (const event of this.read(ends, messages.streamEndRequest(stream))) return event;
      return undefined;
    });
  }

  readAll(after: Position | undefined, { signal }: Reading = {}): AsyncIterable<StoredEvent> {
    return this.calls.stream(signal, (ends) => this.eventsUpToNow(ends, after));
  }

  subscribe(after: Position | undefined, { signal }: Reading = {}): AsyncIterable<StoredEvent> {
    return this.calls.stream(signal, (ends) => this.followed(ends, after));
  }

  /** Counts what it is sent, and lets it go: the server has no count of its own, and no two positions to subtract. */
  countAfter(after: Position | undefined, bound: number, { signal }: Reading = {}): Promise<CountedEvents> {
    return this.calls.run(signal, async (ends) => {
      let count = 0;
      let oldest: Date | undefined;
      if (bound < 1) return { count, oldest };
      for await (const { created } of this.eventsAfter(ends, after, bound)) {
        if (oldest === undefined || created < oldest) oldest = created;
        if (++count === bound) break;
      }
      return { count, oldest };
    });
  }

  async head(options: Reading = {}): Promise<Position | undefined> {
    return (await this.lastEvent(options))?.position;
  }

  lastEvent({ signal }: Reading = {}): Promise<StoredEvent | undefined> {
    return this.calls.run(signal, (ends) => this.lastOf(ends));
  }

  /** By a read: it goes to the node that appends go to, by default the leader. */
  async checkWritable(options: Reading = {}): Promise<void> {
    await this.lastEvent(options);
  }

  /** Ends all that is going on, and the connection. */
  async close(): Promise<void> {
    this.calls.close();
    await this.connection.close();
  }

  private async *streamEvents(ends: Ends, stream: string, from: bigint): AsyncGenerator<StoredEvent> {
    const messages = await this.loaded();
    yield* this.read(ends, messages.streamRequest(stream, from, "all"));
  }

  /** Up to what was the head: a log that is written to as fast as it is read would have no end. */
  private async *eventsUpToNow(ends: Ends, after: Position | undefined): AsyncGenerator<StoredEvent> {
    const head = (await this.lastOf(ends))?.position;
    if (head === undefined) return;
    for await (const event of this.eventsAfter(ends, after, Number.MAX_SAFE_INTEGER - 1)) {
      if (comparePositions(event.position, head) > 0) return;
      yield event;
    }
  }

  /** A read's position is inclusive: it is asked for one more than is wanted, and what was there already is left out. */
  private async *eventsAfter(ends: Ends, after: Position | undefined, count: number): AsyncGenerator<StoredEvent> {
    const messages = await this.loaded();
    const request = messages.logRequest({ from: after ?? "start", direction: "forwards", count: count + 1 });
    for await (const event of this.read(ends, request)) {
      if (after === undefined || comparePositions(event.position, after) > 0) yield event;
    }
  }

  /** A subscription's position is exclusive. */
  private async *followed(ends: Ends, after: Position | undefined): AsyncGenerator<StoredEvent> {
    const messages = await this.loaded();
    yield* this.read(
      ends,
      messages.logRequest({ from: after ?? "start", direction: "forwards", count: "subscription" }),
      "endless",
    );
  }

  private async lastOf(ends: Ends): Promise<StoredEvent | undefined> {
    const messages = await this.loaded();
    const request = messages.logRequest({ from: "end", direction: "backwards", count: 1 });
    for await (const event of this.read(ends, request)) return event;
    return undefined;
  }

  /** Between two of a subscription's answers any time may pass: that the server is there, the channel's pings tell. */
  private async *read(
    ends: Ends,
    request: ReadReq,
    manner: "ending" | "endless" = "ending",
  ): AsyncGenerator<StoredEvent> {
    const bounds = { limitMs: this.answerMilliseconds, signals: ends };
    const further = manner === "ending" ? bounds : { signals: ends };
    const streams = await within(bounds, () => this.connection.streams());
    const answers = streams.read(request, ...(await this.connection.callArguments()));
    // One that comes after the last look would end the process.
    answers.on("error", () => undefined);
    const iterator: AsyncIterator<ReadResp> = answers[Symbol.asyncIterator]();
    let asked: number | undefined = performance.now();
    try {
      let next = await within(bounds, () => iterator.next());
      while (!next.done) {
        asked = undefined;
        const event = eventOf(next.value);
        if (event !== undefined) yield event;
        if (manner === "ending") asked = performance.now();
        next = await within(further, () => iterator.next());
      }
    } catch (error) {
      this.leaveChannel(ends, streams, error, asked);
      throw error;
    } finally {
      answers.cancel();
    }
    if (manner === "endless") throw new Error("the server has ended a subscription");
  }

  private async send(ends: Ends, requests: readonly AppendReq[]): Promise<AppendResp> {
    const bounds = { limitMs: this.answerMilliseconds, signals: ends };
    const streams = await within(bounds, () => this.connection.streams());
    const callArguments = await this.connection.callArguments();
    const asked = performance.now();
    try {
      return await within(
        bounds,
        (signal) =>
          new Promise<AppendResp>((resolve, reject) => {
            const sink = streams.append(...callArguments, (error, answer) => (error ? reject(error) : resolve(answer)));
            sink.on("error", reject);
            signal.addEventListener("abort", () => sink.cancel(), { once: true });
            for (const request of requests) sink.write(request);
            sink.end();
          }),
      );
    } catch (error) {
      this.leaveChannel(ends, streams, error, asked);
      throw error;
    }
  }

  /** Whose caller has given up after a long wait says the same of a channel as whose time is up. @param asked what waits */
  private leaveChannel(ends: Ends, streams: StreamsClient, error: unknown, asked?: number): void {
    const isEnded = error instanceof TimeLimitError || ends.some((end) => end?.aborted);
    const hungMs = Math.min(this.answerMilliseconds, HUNG_MILLISECONDS);
    if (!isEnded && error instanceof Error) this.connection.failed(streams, error);
    else if (asked !== undefined && performance.now() - asked >= hungMs) this.connection.failed(streams, "no answer");
  }

  private loaded(): Promise<StreamsMessages> {
    this.messages ??= StreamsMessages.load();
    return this.messages;
  }
}
