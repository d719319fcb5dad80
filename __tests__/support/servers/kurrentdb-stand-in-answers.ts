import { Empty, StreamIdentifier, UUID } from "@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb";
import {
  AppendResp,
  type ReadReq,
  ReadResp,
} from "@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb";
import type { Decision, LogRecord } from "./kurrentdb-stand-in-log";

/** server: src/KurrentDB.Core/Services/Transport/Grpc/Streams.Append.cs, HandleWriteEventsCompleted. */
export function appendAnswer(decision: Decision): AppendResp {
  const answer = new AppendResp();
  if (decision.kind === "success") {
    const success = new AppendResp.Success();
    success.setCurrentRevision(`${decision.revision}`);
    if (decision.position === undefined) success.setNoPosition(new Empty());
    else success.setPosition(positionOf(new AppendResp.Position(), decision.position));
    answer.setSuccess(success);
  } else {
    const wrong = new AppendResp.WrongExpectedVersion();
    if (decision.actual === undefined) wrong.setCurrentNoStream(new Empty());
    else wrong.setCurrentRevision(`${decision.actual}`);
    answer.setWrongExpectedVersion(wrong);
  }
  return answer;
}

/** server: Streams.Read.cs, ConvertToRecordedEvent, and MetadataHelpers.AddGrpcMetadataFrom. */
export function eventAnswer(record: LogRecord): ReadResp {
  const recorded = positionOf(new ReadResp.ReadEvent.RecordedEvent(), record.position);
  const id = new UUID();
  id.setString(record.id);
  recorded.setId(id);
  recorded.setStreamIdentifier(identifierOf(record.stream));
  recorded.setStreamRevision(`${record.revision}`);
  recorded.getMetadataMap().set("type", record.type);
  recorded.getMetadataMap().set("created", `${record.created}`);
  recorded.getMetadataMap().set("content-type", record.contentType);
  recorded.setCustomMetadata(record.metadata);
  recorded.setData(record.data);
  const event = new ReadResp.ReadEvent();
  event.setEvent(recorded);
  event.setCommitPosition(`${record.position}`);
  const answer = new ReadResp();
  answer.setEvent(event);
  return answer;
}

/** server: Streams.Read.cs, TryConvertReadResponse. */
export function notFoundAnswer(request: ReadReq): ReadResp {
  const notFound = new ReadResp.StreamNotFound();
  notFound.setStreamIdentifier(request.getOptions()?.getStream()?.getStreamIdentifier());
  const answer = new ReadResp();
  answer.setStreamNotFound(notFound);
  return answer;
}

/** What a subscription is told beside its events. */
export function signalAnswer(kind: "confirmation" | "caughtUp" | "checkpoint"): ReadResp {
  const answer = new ReadResp();
  if (kind === "confirmation") answer.setConfirmation(new ReadResp.SubscriptionConfirmation());
  else if (kind === "caughtUp") answer.setCaughtUp(new ReadResp.CaughtUp());
  else answer.setCheckpoint(new ReadResp.Checkpoint());
  return answer;
}

function positionOf<M extends { setCommitPosition(at: string): unknown; setPreparePosition(at: string): unknown }>(
  message: M,
  position: bigint,
): M {
  message.setCommitPosition(`${position}`);
  message.setPreparePosition(`${position}`);
  return message;
}

function identifierOf(stream: string): StreamIdentifier {
  const identifier = new StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream));
  return identifier;
}
