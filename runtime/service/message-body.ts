import type { IncomingMessage } from "node:http";
import { refusal } from "./answers";
import { MAX_PATH } from "./message-texts";

/** RFC 9110: a body as it is. */
const IDENTITY = "identity";

/** A message's content: an object, of whose keys nothing is known yet. */
export type Message = Readonly<Record<string, unknown>>;

/**
 * A command's content: a JSON object of at most so many bytes, which are not compressed.
 * @throws {RefusedRequest} 413, 415 or 400.
 */
export async function bodyOf(request: IncomingMessage, maxBytes: number): Promise<Message> {
  const { "content-type": types = "", "content-encoding": encoding = IDENTITY } = request.headers;
  if (encoding.toLowerCase() !== IDENTITY)
    throw refusal(415, "not_plain", "must have no Content-Encoding", { "Accept-Encoding": IDENTITY });
  const [type = ""] = types.split(";");
  if (type.trim().toLowerCase() !== "application/json") throw refusal(415, "not_json", "must be application/json");
  return objectOf(await bytesOf(request, maxBytes));
}

/** Whether the service is reading the request's body, and its sender has not sent all of it. */
export const awaitsBody = ({ readableFlowing, complete }: IncomingMessage): boolean =>
  // Node: null until something begins to read.
  readableFlowing !== null && !complete;

async function bytesOf(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // What is still to come is not waited for, and so the connection can't be used again.
    if (size > maxBytes) throw refusal(413, "too_large", `must be at most ${maxBytes} bytes`, { Connection: "close" });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function objectOf(bytes: Buffer): Message {
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw refusal(400, "bad_message", "must be JSON in UTF-8");
  }
  if (typeof content !== "object" || content === null || Array.isArray(content))
    throw refusal(400, "bad_message", "must be a JSON object");
  return content as Message;
}

/**
 * A query's content: its parameters, each a text.
 * @throws {RefusedRequest} 400 for a parameter that is given twice, or what is no UTF-8.
 */
export function parametersOf({ search, searchParams }: URL): Message {
  if (!isDecodable(search)) throw refusal(400, "bad_message", "parameters: must be percent-encoded UTF-8");
  const names = [...searchParams.keys()];
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw refusal(400, "bad_message", `${twice.slice(0, MAX_PATH)}: must be given once`);
  return Object.fromEntries(searchParams);
}

/** `URLSearchParams` puts U+FFFD, the replacement character, in place of what is no UTF-8: two texts would be one. */
function isDecodable(search: string): boolean {
  try {
    decodeURIComponent(search);
    return true;
  } catch {
    return false;
  }
}
