import { EventStoreUnavailableError, RevisionError } from "../event-store/event-store";
import { SubjectKeysUnavailableError, SubjectLedgerUnavailableError } from "../keys/subject-keys";
import { KeyServiceUnavailableError } from "../keys/wrapping-keys";
import type { CommandOutcome } from "../metrics/production-metrics";
import { ReadModelsUnavailableError } from "../read-models/read-models";
import { AuthenticationError } from "../security/authenticator";
import { KeysUnavailableError, SigningKeyUnknownError } from "../security/issuer-keys";
import { BadMessageError, RejectedError } from "./refusals";

/** What a sender gets, and what it counts as. */
export interface Answer {
  readonly status: number;
  readonly outcome: CommandOutcome;
  /** JSON, or nothing. */
  readonly body: string;
  /** Rows or documents in it. @default 0 */
  readonly count?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that ends before any handler sees it. */
export class RefusedRequest extends Error {
  override readonly name = "RefusedRequest";

  constructor(readonly answer: Answer) {
    super(`answered ${answer.status}`);
  }
}

/** The sender has gone: nothing failed, and nobody is answered. */
export class SenderGoneError extends Error {
  override readonly name = "SenderGoneError";
}

/** An answer took too long. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";
}

const errorAnswer = (
  status: number,
  outcome: CommandOutcome,
  code: string,
  message: string,
  headers?: Answer["headers"],
): Answer => ({ status, outcome, body: JSON.stringify({ error: { code, message } }), headers });

export const refusal = (status: number, code: string, message: string, headers?: Answer["headers"]): RefusedRequest =>
  new RefusedRequest(errorAnswer(status, "rejected", code, message, headers));

/** One whose sender is known, and may not. */
export const notAllowed = (message: string): RefusedRequest =>
  new RefusedRequest(errorAnswer(403, "unauthorized", "not_allowed", message));

/** NGINX's number for a sender that has gone; it is in logs alone. */
const SENDER_GONE = 499;
/** Seconds after which a store may be back. */
const RETRY_AFTER = { "Retry-After": "2" };
/** What passes by itself. */
const UNAVAILABLE = [
  EventStoreUnavailableError,
  KeyServiceUnavailableError,
  KeysUnavailableError,
  ReadModelsUnavailableError,
  SubjectKeysUnavailableError,
  SubjectLedgerUnavailableError,
  TimeoutError,
];

/** What the sender is told of an error: what is his to mend. Nothing else of it leaves the process. */
export function answerTo(error: unknown): Answer {
  if (error instanceof RefusedRequest) return error.answer;
  if (error instanceof AuthenticationError)
    return errorAnswer(401, "unauthorized", "not_authenticated", error.message, { "WWW-Authenticate": "Bearer" });
  if (error instanceof BadMessageError) return errorAnswer(400, "rejected", "bad_message", error.message);
  if (error instanceof RejectedError) return errorAnswer(422, "rejected", error.code, error.message);
  if (error instanceof RevisionError)
    return errorAnswer(409, "conflict", "conflict", "somebody else was faster: read again, and decide anew");
  if (error instanceof SenderGoneError) return errorAnswer(SENDER_GONE, "rejected", "gone", error.message);
  // No failure of ours: tokens by keys that were made up would raise an alert.
  if (error instanceof SigningKeyUnknownError)
    return errorAnswer(503, "unauthorized", "unavailable", "try again", RETRY_AFTER);
  if (UNAVAILABLE.some((each) => error instanceof each))
    return errorAnswer(503, "failure", "unavailable", "try again", RETRY_AFTER);
  return errorAnswer(500, "failure", "internal", "it is not the message's fault");
}
