import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";

export interface BoundedRequestOptions {
  readonly signal: AbortSignal;
  /** Authorities in PEM that are believed beside no other. @default - those that Node knows */
  readonly ca?: string;
}

export interface BoundedAnswer {
  readonly status: number;
  readonly body: string;
}

/** Ours: KurrentDB's gossip of five nodes has some 5 KiB, an answer about health fewer. */
const MAX_BODY_BYTES = 65_536;
const MAX_HEADER_BYTES = 8192;
/** Firewalls in front of public addresses refuse requests without one. */
const HEADERS = { "User-Agent": "cdktf-cqrs" } as const;

/**
 * Gets an answer that is as short as it should be, by a connection of its own: a kept one would say nothing of whether
 * others can connect. No redirect is followed. It has no time limit but the signal.
 */
export async function boundedRequest(url: URL, { signal, ca }: BoundedRequestOptions): Promise<BoundedAnswer> {
  const send = url.protocol === "https:" ? httpsRequest : httpRequest;
  const options = { agent: false, signal, headers: HEADERS, maxHeaderSize: MAX_HEADER_BYTES } as const;
  const request = send(url, { ...options, ...(ca !== undefined && { ca }) });
  // What goes wrong once the head is there, the response tells as well.
  request.on("error", () => {});
  try {
    request.end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    return { status: response.statusCode ?? 0, body: await bodyOf(response) };
  } finally {
    request.destroy();
  }
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new RangeError(`body: must be at most ${MAX_BODY_BYTES} bytes, got more`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
