import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** What connects all that one request causes. */
export interface Correlation {
  readonly correlationId: string;
  /** W3C trace context. @default - the request had none */
  readonly trace?: { readonly traceId: string; readonly spanId: string };
}

/** Ours: what is longer, or has other signs, is no id that anybody would search for. */
const ID = /^[\w.:-]{1,64}$/;
/** W3C Trace Context, version 00: neither id is all zeros. */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}$/;

/** From `x-correlation-id` and `traceparent`; a request without an id, or with one that is none, gets one. */
export function correlationOf(headers: IncomingHttpHeaders): Correlation {
  const { "x-correlation-id": given, traceparent } = headers;
  const correlationId = typeof given === "string" && ID.test(given) ? given : randomUUID();
  const [, traceId, spanId] = TRACEPARENT.exec(typeof traceparent === "string" ? traceparent : "") ?? [];
  return traceId === undefined || spanId === undefined
    ? { correlationId }
    : { correlationId, trace: { traceId, spanId } };
}
