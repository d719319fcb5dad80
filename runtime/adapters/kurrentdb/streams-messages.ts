import type * as shared from "@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb";
import type * as streams from "@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb";
import { checkStreamName } from "../../event-store/append-limits";
import type { ExpectedRevision, NewEvent, StoredEvent } from "../../event-store/event-store";
import type { Position } from "../../event-store/position";

/** What of the log is read, of events that are not the store's own. */
export interface LogReading {
  readonly from: Position | "start" | "end";
  readonly direction: "forwards" | "backwards";
  /** How many, or all that come from now on, too. */
  readonly count: number | "subscription";
}

/** The client's own `excludeSystemEvents`. The stand-in of the tests knows it, too. */
export const NOT_SYSTEM = "^[^$].*";
/** In .NET's ticks, of which `created` is a number since 1970. */
const TICKS_PER_MILLISECOND = 10_000n;
/** More than any stream has. */
const ALL = "9223372036854775807";

/** Requests and answers of the protocol `event_store.client.streams`, of bytes that nobody parses. */
export class StreamsMessages {
  private constructor(
    private readonly pb: typeof streams,
    private readonly sharedPb: typeof shared,
  ) {}

  static async load(): Promise<StreamsMessages> {
    const [pb, sharedPb] = await Promise.all([
      import("@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js"),
      import("@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb.js"),
    ]);
    // Names that a loop exports are no names to an import.
    return new StreamsMessages(pb.default, sharedPb.default);
  }

  appendRequests(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): streams.AppendReq[] {
    const options = new this.pb.AppendReq.Options();
    options.setStreamIdentifier(this.identifierOf(stream));
    if (expected === "any") options.setAny(new this.sharedPb.Empty());
    else if (expected === "no_stream") options.setNoStream(new this.sharedPb.Empty());
    else options.setRevision(`${expected}`);
    const header = new this.pb.AppendReq();
    header.setOptions(options);
    return [header, ...events.map((event) => this.proposedOf(event))];
  }

  streamRequest(stream: string, from: bigint, count: number | "all"): streams.ReadReq {
    const ofStream = new this.pb.ReadReq.Options.StreamOptions();
    ofStream.setStreamIdentifier(this.identifierOf(stream));
    ofStream.setRevision(`${from}`);
    const options = this.readOptions();
    options.setStream(ofStream);
    options.setCount(count === "all" ? ALL : `${count}`);
    options.setNoFilter(new this.sharedPb.Empty());
    return this.requestOf(options);
  }

  streamEndRequest(stream: string): streams.ReadReq {
    const { ReadDirection, StreamOptions } = this.pb.ReadReq.Options;
    const ofStream = new StreamOptions();
    ofStream.setStreamIdentifier(this.identifierOf(stream));
    ofStream.setEnd(new this.sharedPb.Empty());
    const options = this.readOptions();
    options.setStream(ofStream);
    options.setReadDirection(ReadDirection.BACKWARDS);
    options.setCount("1");
    options.setNoFilter(new this.sharedPb.Empty());
    return this.requestOf(options);
  }

  logRequest({ from, direction, count }: LogReading): streams.ReadReq {
    const { AllOptions, FilterOptions, ReadDirection, SubscriptionOptions } = this.pb.ReadReq.Options;
    const ofLog = new AllOptions();
    if (from === "start") ofLog.setStart(new this.sharedPb.Empty());
    else if (from === "end") ofLog.setEnd(new this.sharedPb.Empty());
    else ofLog.setPosition(this.positionOf(from));
    const types = new FilterOptions.Expression();
    types.setRegex(NOT_SYSTEM);
    const filter = new FilterOptions();
    filter.setEventType(types);
    filter.setCount(new this.sharedPb.Empty());
    filter.setCheckpointintervalmultiplier(1);
    const options = this.readOptions();
    options.setAll(ofLog);
    options.setFilter(filter);
    options.setReadDirection(direction === "forwards" ? ReadDirection.FORWARDS : ReadDirection.BACKWARDS);
    if (count === "subscription") options.setSubscription(new SubscriptionOptions());
    else options.setCount(`${count}`);
    return this.requestOf(options);
  }

  private readOptions(): streams.ReadReq.Options {
    const ids = new this.pb.ReadReq.Options.UUIDOption();
    ids.setString(new this.sharedPb.Empty());
    const options = new this.pb.ReadReq.Options();
    options.setUuidOption(ids);
    // A link's target stands in the log, too, and would come twice.
    options.setResolveLinks(false);
    return options;
  }

  private requestOf(options: streams.ReadReq.Options): streams.ReadReq {
    const request = new this.pb.ReadReq();
    request.setOptions(options);
    return request;
  }

  private positionOf({ major, minor }: Position): streams.ReadReq.Options.Position {
    const position = new this.pb.ReadReq.Options.Position();
    position.setCommitPosition(`${major}`);
    position.setPreparePosition(`${minor}`);
    return position;
  }

  private identifierOf(stream: string): shared.StreamIdentifier {
    checkStreamName(stream);
    const identifier = new this.sharedPb.StreamIdentifier();
    identifier.setStreamName(Buffer.from(stream));
    return identifier;
  }

  private proposedOf({ id, type, data, metadata }: NewEvent): streams.AppendReq {
    const uuid = new this.sharedPb.UUID();
    uuid.setString(id);
    const proposed = new this.pb.AppendReq.ProposedMessage();
    proposed.setId(uuid);
    proposed.getMetadataMap().set("type", type);
    proposed.getMetadataMap().set("content-type", "application/json");
    proposed.setData(data);
    if (metadata !== undefined) proposed.setCustomMetadata(Buffer.from(JSON.stringify(metadata)));
    const request = new this.pb.AppendReq();
    request.setProposedMessage(proposed);
    return request;
  }
}

/** The event of an answer, undefined for what else a server says: confirmations, checkpoints, that all has been caught up with. */
export function eventOf(response: streams.ReadResp): StoredEvent | undefined {
  const recorded = response.getEvent()?.getEvent();
  const stream = recorded?.getStreamIdentifier()?.getStreamName_asU8();
  const id = recorded?.getId()?.getString();
  if (recorded === undefined || stream === undefined || id === undefined) return undefined;
  const system = recorded.getMetadataMap();
  return {
    stream: Buffer.from(stream).toString(),
    revision: BigInt(recorded.getStreamRevision()),
    id,
    type: system.get("type") ?? "",
    data: recorded.getData_asU8(),
    metadata: metadataOf(recorded.getCustomMetadata_asU8()),
    created: new Date(Number(BigInt(system.get("created") ?? "0") / TICKS_PER_MILLISECOND)),
    position: { major: BigInt(recorded.getCommitPosition()), minor: BigInt(recorded.getPreparePosition()) },
  };
}

/** Others may have written anything: what is no text is given as its JSON, what is no object as nothing. */
function metadataOf(bytes: Uint8Array): Readonly<Record<string, string>> {
  if (bytes.byteLength === 0) return {};
  try {
    const parsed: unknown = JSON.parse(Buffer.from(bytes).toString());
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return {};
    const entries = Object.entries(parsed);
    return Object.fromEntries(
      entries.map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
    );
  } catch {
    return {};
  }
}
