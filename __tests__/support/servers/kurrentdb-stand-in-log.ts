import { EventEmitter, once } from "node:events";
import type { AppendReq, ReadReq } from "@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb";
import { ReadReq as Request } from "@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb";

export interface LogRecord {
  readonly stream: string;
  readonly revision: bigint;
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
  readonly created: bigint;
  /** An address in bytes, as commit and as prepare position. */
  readonly position: bigint;
}

/** What is decided of an append. */
export type Decision =
  | { readonly kind: "success"; readonly revision: bigint; readonly position: bigint | undefined }
  | { readonly kind: "wrong expected version"; readonly actual: bigint | undefined };

/** server: src/KurrentDB.Common/Utils and .NET: 100 nanoseconds since 1970, `created` of the metadata. */
const TICKS_PER_MILLISECOND = 10_000n;
/** server: index entries, epochs and the like stand between events: no two positions may be subtracted. */
const RECORD_OVERHEAD = 97n;

/** The log of the stand-in for KurrentDB. */
export class StandInLog {
  /** Whether a repeated append is answered with its position. server: IndexWriter.cs, logPos of -1 where it isn't read. */
  tellsPositionOfRepeated = true;
  private readonly records: LogRecord[] = [];
  private readonly streams = new Map<string, LogRecord[]>();
  private readonly growth = new EventEmitter().setMaxListeners(0);
  private end = 1024n;

  /** Resolves when there is more than there is now. */
  async grown(): Promise<void> {
    await once(this.growth, "grown");
  }

  /** An event of the server's own, such as metadata of a stream. client: excludeSystemEvents leaves it out. */
  addSystemEvent(): void {
    this.add("$stats-127.0.0.1:2113", { type: "$statsCollected", id: "00000000-0000-4000-8000-000000000000" });
  }

  /** An event as another client may have written it. */
  addForeign(stream: string, of: Partial<LogRecord>): void {
    this.add(stream, of);
  }

  append([header, ...proposed]: readonly AppendReq[]): Decision {
    const options = header?.getOptions();
    const stream = Buffer.from(options?.getStreamIdentifier()?.getStreamName_asU8() ?? "").toString();
    const messages = proposed.flatMap((request) => request.getProposedMessage() ?? []);
    const ids = messages.map((message) => message.getId()?.getString().toLowerCase() ?? "");
    const there = this.streams.get(stream) ?? [];
    const current = BigInt(there.length - 1);
    const wrong: Decision = { kind: "wrong expected version", actual: current < 0n ? undefined : current };
    // server: ReaderIndex/IndexWriter.cs, CheckCommit: of any revision, recent events are looked through by their ids ...
    let start = current;
    if (options?.hasAny()) {
      const first = there.find(({ id }) => id === ids[0]);
      if (first !== undefined) start = first.revision - 1n;
    } else {
      start = options?.hasNoStream() ? -1n : BigInt(options?.getRevision() ?? "0");
    }
    if (start > current) return wrong;
    if (start < current) {
      // ... otherwise the events that stand where these would: all the same is idempotent, some the same is corrupted
      // idempotency, which StorageWriterService.cs answers as a failed check, too.
      const found = there.slice(Number(start) + 1, Number(start) + 1 + ids.length);
      if (found.length < ids.length || found.some(({ id }, index) => id !== ids[index])) return wrong;
      const last = found.at(-1);
      const position = this.tellsPositionOfRepeated ? last?.position : undefined;
      return { kind: "success", revision: last?.revision ?? current, position };
    }
    for (const [index, message] of messages.entries()) {
      this.add(stream, {
        id: ids[index],
        type: message.getMetadataMap().get("type") ?? "",
        contentType: message.getMetadataMap().get("content-type") ?? "",
        data: message.getData_asU8(),
        metadata: message.getCustomMetadata_asU8(),
      });
    }
    // server: RequestManagers/WriteEvents.cs: the last event's position, as commit and as prepare position.
    return { kind: "success", revision: current + BigInt(messages.length), position: this.records.at(-1)?.position };
  }

  /** What a read with a count gives. */
  read(request: ReadReq): readonly LogRecord[] | "not found" {
    const options = request.getOptions();
    const count = Number(options?.getCount() ?? 0);
    const ofStream = options?.getStream();
    if (ofStream !== undefined) {
      const records = this.streams.get(
        Buffer.from(ofStream.getStreamIdentifier()?.getStreamName_asU8() ?? "").toString(),
      );
      if (records === undefined) return "not found";
      // server: Enumerator.ReadStreamBackwards.cs: from the end, the last event first; the adapter reads so from there alone.
      if (ofStream.hasEnd()) return [...records].reverse().slice(0, count);
      // server: Enumerator.ReadStreamForwards.cs: from the revision on, with it.
      const from = Number(ofStream.getRevision());
      return records.slice(from, from + count);
    }
    const backwards = options?.getReadDirection() === Request.Options.ReadDirection.BACKWARDS;
    const at = options?.getAll()?.getPosition()?.getCommitPosition();
    // server: ReaderIndex/AllReader.cs, "for forward pass position is inclusive"; backwards the adapter reads from the end.
    const wanted: LogRecord[] = [];
    const isWanted = this.filterOf(request);
    const step = backwards ? -1 : 1;
    for (let index = backwards ? this.records.length - 1 : at ? this.indexOf(BigInt(at)) : 0; ; index += step) {
      const record = this.records[index];
      if (record === undefined || wanted.length === count) break;
      if (isWanted(record)) wanted.push(record);
    }
    return wanted;
  }

  /** client: docs/api/subscriptions.md, "The positions provided to the subscriptions are exclusive." */
  subscribedFrom(request: ReadReq): bigint {
    return BigInt(request.getOptions()?.getAll()?.getPosition()?.getCommitPosition() ?? -1);
  }

  /** A page of what comes after a position. */
  after(position: bigint): readonly LogRecord[] {
    const from = this.indexOf(position + 1n);
    return this.records.slice(from, from + 500);
  }

  /** server: Streams.Read.cs, ConvertToEventFilter: a regular expression over the event's type. */
  filterOf(request: ReadReq): (record: LogRecord) => boolean {
    const regex = new RegExp(request.getOptions()?.getFilter()?.getEventType()?.getRegex() ?? "");
    return ({ type }) => regex.test(type);
  }

  /** Of the first record at a position or after it. */
  private indexOf(position: bigint): number {
    let [low, high] = [0, this.records.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.records[middle]?.position ?? 0n) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private add(stream: string, of: Partial<LogRecord>): void {
    const records = this.streams.get(stream) ?? [];
    const record: LogRecord = {
      ...{ stream, id: "", type: "", contentType: "application/json", data: Buffer.of(), metadata: Buffer.of() },
      created: BigInt(Date.now()) * TICKS_PER_MILLISECOND,
      ...of,
      revision: BigInt(records.length),
      position: this.end,
    };
    this.end += BigInt(record.data.byteLength) + RECORD_OVERHEAD;
    records.push(record);
    this.streams.set(stream, records);
    this.records.push(record);
    this.growth.emit("grown");
  }
}
