import type { IncomingMessage, ServerResponse } from "node:http";
import { MESSAGE_PATHS } from "../../lib/contract/limits";
import { type Bounds, within } from "../deadline";
import type { CommandOutcome, ProductionMetrics, QueryOutcome } from "../metrics/production-metrics";
import { AuthenticationError, type Authenticator, type Principal } from "../security/authenticator";
import type { Permissions } from "../security/permissions";
import { type Answer, answerTo, notAllowed, refusal, SenderGoneError, TimeoutError } from "./answers";
import { type Correlation, correlationOf } from "./correlation";
import { errorFields, type Log } from "./log";
import { awaitsBody, bodyOf, type Message, parametersOf } from "./message-body";
import { checkTexts } from "./message-texts";

/** Who sent a message, and what belongs to it. */
export interface MessageContext extends Correlation {
  readonly principal: Principal;
  /** Ends what the message has set going: its time is over, or nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/**
 * Does what a message asks. What it gives is the answer, as JSON; `undefined` is "there is none": 404 to a query, 204 to a
 * command. @throws {BadMessageError} 400, {@link RejectedError} 422, {@link RevisionError} 409
 */
export type MessageHandler = (message: Message, context: MessageContext) => Promise<unknown>;

export interface MessageApiOptions {
  /** `command`: POST /commands/<type>. `query`: GET or HEAD /queries/<type>?<parameters>. */
  readonly kind: keyof typeof KINDS;
  /** By type. */
  readonly handlers: Readonly<Record<string, MessageHandler>>;
  /** Who may; it must agree with the handlers. */
  readonly permissions: Permissions;
  readonly authenticator: Pick<Authenticator, "authenticate">;
  readonly metrics: ProductionMetrics;
  readonly log: Log;
  /** Bytes of a command, 1 to 100 MiB. @default 1 MiB, as NGINX's */
  readonly maxBodyBytes?: number;
  /** Milliseconds until an answer, whatever the stores and the sender do. @default 10000 */
  readonly timeoutMs?: number;
}

const KINDS = {
  command: { path: MESSAGE_PATHS.command, methods: ["POST"], label: "command_type", without: 204 },
  query: { path: MESSAGE_PATHS.query, methods: ["GET", "HEAD"], label: "query_type", without: 404 },
} as const;
const DEFAULT_BODY_BYTES = 1_048_576;
const DEFAULT_TIMEOUT_MS = 10_000;
/** A request's target is a path alone. */
const BASE = "http://api";
const BEARER = /^Bearer ([\w.~+/=-]+)$/i;

/** Takes messages over HTTP: asks who sends them and whether he may, times and counts them, and writes a line of each. */
export class MessageApi {
  private readonly handlers: ReadonlyMap<string, MessageHandler>;

  /** @throws {PermissionsMismatchError} when handlers and permissions do not agree. */
  constructor(private readonly options: MessageApiOptions) {
    this.handlers = new Map(Object.entries(options.handlers));
    options.permissions.demandAgreement([...this.handlers.keys()]);
  }

  /** Answers a request, in any case and exactly once. Never throws. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now();
    const correlation = correlationOf(request.headers);
    const { url: target = "/" } = request;
    const url = new URL(URL.canParse(target, BASE) ? target : "/", BASE);
    const { path, label } = KINDS[this.options.kind];
    const type = url.pathname.startsWith(path) ? url.pathname.slice(path.length) : "";
    let failure: unknown;
    let answer: Answer;
    try {
      answer = await this.counted(type, () => this.handled(request, response, type, url, correlation));
    } catch (error) {
      failure = error;
      answer = answerTo(error);
    }
    respond(request, response, answer, correlation);
    const line = {
      correlation_id: correlation.correlationId,
      trace_id: correlation.trace?.traceId,
      span_id: correlation.trace?.spanId,
      // A sender's own words would be a field of its own in every search.
      [label]: this.handlers.has(type) ? type : "other",
      status: answer.outcome,
      duration_ms: Math.round((performance.now() - started) * 1000) / 1000,
    };
    if (answer.outcome === "failure") this.options.log.error({ ...line, ...errorFields(failure) }, "failed");
    else this.options.log.info(failure === undefined ? line : { ...line, ...errorFields(failure) }, "answered");
  }

  private async handled(
    request: IncomingMessage,
    response: ServerResponse,
    type: string,
    url: URL,
    correlation: Correlation,
  ): Promise<Answer> {
    const { kind, permissions, timeoutMs = DEFAULT_TIMEOUT_MS, maxBodyBytes = DEFAULT_BODY_BYTES } = this.options;
    const { methods, without } = KINDS[kind];
    const work = async (signal: AbortSignal): Promise<Answer> => {
      const principal = await this.principalOf(request);
      const handler = this.handlers.get(type);
      if (handler === undefined) throw refusal(404, "unknown_type", `no such ${kind}`);
      if (!permissions.allows(type, principal.roles)) throw notAllowed(`none of your roles may send this ${kind}`);
      if (!(methods as readonly (string | undefined)[]).includes(request.method))
        throw refusal(405, "wrong_method", `must be ${methods.join(" or ")}`, { Allow: methods.join(", ") });
      const message = kind === "command" ? await bodyOf(request, maxBodyBytes) : parametersOf(url);
      checkTexts(message);
      const result = await handler(message, { ...correlation, principal, signal });
      const status = result === undefined ? without : 200;
      return { status, outcome: "success", body: JSON.stringify(result) ?? "", count: countOf(result) };
    };
    const tooLate = (cause: Error) =>
      awaitsBody(request)
        ? refusal(408, "too_slow", `must arrive within ${timeoutMs} ms`, { Connection: "close" })
        : new TimeoutError(cause.message, { cause });
    return whileAwaited(response, { limitMs: timeoutMs, tooLate }, work);
  }

  private async principalOf({ headers }: IncomingMessage): Promise<Principal> {
    const [, token] = BEARER.exec(headers.authorization ?? "") ?? [];
    if (token === undefined) throw new AuthenticationError("no token");
    return this.options.authenticator.authenticate(token);
  }

  private counted(type: string, work: () => Promise<Answer>): Promise<Answer> {
    const { kind, metrics } = this.options;
    const outcomeOf = (error: unknown): CommandOutcome => answerTo(error).outcome;
    return kind === "command"
      ? metrics.timeCommand({ type }, work, outcomeOf)
      : metrics.timeQuery({ type }, work, ({ count = 0 }) => count, outcomeOf as (error: unknown) => QueryOutcome);
  }
}

/** How many rows or documents an answer has. */
const countOf = (body: unknown): number => (Array.isArray(body) ? body.length : body === undefined ? 0 : 1);

/** Work that ends, for whoever asked, when its time is over or he has gone; it is told by the signal. */
async function whileAwaited<T>(
  response: ServerResponse,
  limit: Pick<Bounds, "limitMs" | "tooLate">,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const sender = new AbortController();
  const gone = () => sender.abort(new SenderGoneError("nobody waits any more"));
  response.once("close", gone);
  try {
    return await within({ ...limit, signals: [sender.signal] }, work);
  } finally {
    response.off("close", gone);
  }
}

function respond(request: IncomingMessage, response: ServerResponse, answer: Answer, correlation: Correlation): void {
  // Nobody waits any more.
  if (response.destroyed) return;
  response.writeHead(answer.status, {
    ...(answer.body !== "" && { "Content-Type": "application/json; charset=utf-8" }),
    // What is answered to a query says by itself how long it may be kept; nothing else may be.
    ...((answer.status !== 200 || request.method === "POST") && { "Cache-Control": "no-store" }),
    ...answer.headers,
    "X-Content-Type-Options": "nosniff",
    "X-Correlation-Id": correlation.correlationId,
  });
  response.end(request.method === "HEAD" ? undefined : answer.body);
}
