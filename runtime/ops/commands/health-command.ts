import { within } from "../../deadline";
import { SettingsError } from "../../settings";
import type { Command } from "../command";
import { messagesOf } from "../messages-of";
import { words } from "../words";

export interface HealthCommandOptions {
  /** Of services, as `http://command-api.services:9090/health`. */
  readonly urls: readonly string[];
}

/** What one service was found to be. */
interface Found {
  readonly url: string;
  /** As it says itself, `unknown` where it says nothing of it. */
  readonly status: string;
  /** Undefined where nothing was answered. */
  readonly httpStatus?: number;
  readonly health?: unknown;
  /** Why nothing is known. */
  readonly problem?: string;
}

const LIMIT_MS = 10_000;
/** A report of health is some kilobytes. */
const MAX_CHARACTERS = 1_000_000;
/** Of an answer that is no report, so many say what it is. */
const MAX_TOLD = 200;
const READY = 200;
/** What a service's health is answered with. Others, and what stands on the way to them, have JSON with a status, too. */
const OF_HEALTH: readonly number[] = [READY, 503];

/** What services say of themselves. A token in `OPS_TOKEN` shows the details that are for those who may see them. */
export const healthCommand: Command<HealthCommandOptions> = async ({ urls }, { environment, signal }) => {
  const problems = urls.flatMap((url) =>
    URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) ? [] : [`url: must be an address of http, got ${url}`],
  );
  if (problems.length > 0) throw new SettingsError(problems);
  const found = await Promise.all(urls.map((url) => ask(url, environment.OPS_TOKEN, signal)));
  return {
    isSound: found.every(({ status, httpStatus }) => status === "healthy" && httpStatus === READY),
    isWhole: found.every(({ problem }) => problem === undefined),
    words: words(
      "health",
      Object.fromEntries(
        found.map(({ url, status, httpStatus, problem }) => [url, problem ?? `${status}, by HTTP ${httpStatus}`]),
      ),
    ),
    report: { services: found },
  };
};

/** Of one that says nothing, what the others say is told all the same. */
async function ask(url: string, token: string | undefined, signal: AbortSignal): Promise<Found> {
  try {
    return await within({ limitMs: LIMIT_MS, signals: [signal] }, (end) => answerOf(url, token, end));
  } catch (error) {
    signal.throwIfAborted();
    return { url, status: "unknown", problem: `could not be asked: ${messagesOf(error).join(": ")}` };
  }
}

async function answerOf(url: string, token: string | undefined, signal: AbortSignal): Promise<Found> {
  const answer = await fetch(url, {
    headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
    redirect: "error",
    signal,
  });
  const text = (await answer.text()).slice(0, MAX_CHARACTERS);
  let health: unknown;
  try {
    health = JSON.parse(text);
  } catch {
    // What is no JSON is told of as other JSON is that is no report.
  }
  const { status: httpStatus } = answer;
  const status = typeof health === "object" && health !== null && "status" in health ? health.status : undefined;
  if (OF_HEALTH.includes(httpStatus) && typeof status === "string") return { url, status, httpStatus, health };
  const got = text.length > MAX_TOLD ? `${text.slice(0, MAX_TOLD)}…` : text;
  const problem = `must answer a report of health by HTTP ${OF_HEALTH.join(" or ")}, got HTTP ${httpStatus}: ${JSON.stringify(got)}`;
  return { url, status: "unknown", httpStatus, problem };
}
