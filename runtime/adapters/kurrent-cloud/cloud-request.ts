import { pause, within } from "../../deadline";
import type { Waiting } from "../../keys/wrapping-keys";

export interface CloudRequest extends Waiting {
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What one try may take, to the last byte of its answer. */
  readonly limitMs: number;
}

export interface CloudAnswer {
  readonly status: number;
  readonly body: string;
  /** What it says of when to come again. */
  readonly retryAfter?: string;
}

export interface Tries extends Waiting {
  /** At most so many. */
  readonly tries: number;
  /** Whether what may have been done may be done again. */
  readonly repeatable: boolean;
}

/** It may go better another time. */
export class PassingFailure extends Error {
  override readonly name = "PassingFailure";

  /** @param notDone whether it is sure that nothing was done. */
  constructor(
    message: string,
    readonly notDone: boolean,
    readonly retryAfterMs?: number,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** Ours: a backup has some 500 bytes in a list, and '365 days' of hourly ones are 8760. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** Whoever wants us to come back later than this is as good as away. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/** One request and its whole answer, whatever it is. No redirect is followed: the token is for nobody else. */
export async function exchange(url: URL, { signal, limitMs, ...init }: CloudRequest): Promise<CloudAnswer> {
  try {
    return await within({ limitMs, signals: [signal] }, async (end) => {
      const response = await fetch(url, { ...init, redirect: "manual", signal: end });
      const retryAfter = response.headers.get("retry-after") ?? undefined;
      return { status: response.status, retryAfter, body: await bodyOf(response) };
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw new PassingFailure("no answer", false, undefined, error);
  }
}

/** Tries again what failed in passing, after a pause that grows, or the one that was asked for. */
export async function tryAgain<Result>(
  work: () => Promise<Result>,
  { tries, repeatable, signal }: Tries,
): Promise<Result> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof PassingFailure) || tried >= tries || !(repeatable || error.notDone)) throw error;
      await pause(pauseMs(tried, error.retryAfterMs), signal);
    }
  }
}

/** `Retry-After` is a number of seconds or a date. */
export function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS);
}

/** Half of it is chance, so that those who failed together do not come again together. */
function pauseMs(tried: number, asked: number | undefined): number {
  if (asked !== undefined) return asked;
  const most = Math.min(FIRST_PAUSE_MS * 2 ** (tried - 1), LONGEST_PAUSE_MS);
  return most / 2 + (Math.random() * most) / 2;
}

async function bodyOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new RangeError(`body: must be at most ${MAX_BODY_BYTES} bytes, got more`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
