import { SettingsError } from "../../settings";
import type { Command } from "../command";
import { messagesOf } from "../messages-of";
import { words } from "../words";

export interface HealthCommandOptions {
  /** Of services, as `http://command-api.services:9090/health`. */
  readonly urls: readonly string[];
}

const LIMIT_MS = 10_000;
/** A report of health is some kilobytes. */
const MAX_CHARACTERS = 1_000_000;

/** What services say of themselves. A token in `OPS_TOKEN` shows the details that are for those who may see them. */
export const healthCommand: Command<HealthCommandOptions> = async ({ urls }, { environment, signal }) => {
  const problems = urls.flatMap((url) =>
    URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) ? [] : [`url: must be an address of http, got ${url}`],
  );
  if (problems.length > 0) throw new SettingsError(problems);
  const found = await Promise.all(urls.map((url) => ask(url, environment.OPS_TOKEN, signal)));
  return {
    isSound: found.every(({ status }) => status === "healthy"),
    isWhole: found.every(({ problem }) => problem === undefined),
    words: words("health", Object.fromEntries(found.map(({ url, status, problem }) => [url, problem ?? status]))),
    report: { services: found },
  };
};

/** Of one that says nothing, what the others say is told all the same. */
async function ask(url: string, token: string | undefined, signal: AbortSignal) {
  try {
    return { ...(await answerOf(url, token, signal)), problem: undefined };
  } catch (error) {
    signal.throwIfAborted();
    return { url, status: "unknown", problem: `could not be asked: ${messagesOf(error).join(": ")}` };
  }
}

async function answerOf(url: string, token: string | undefined, signal: AbortSignal) {
  const answer = await fetch(url, {
    headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
    redirect: "error",
    signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]),
  });
  const text = (await answer.text()).slice(0, MAX_CHARACTERS);
  const health: unknown = JSON.parse(text);
  const status = typeof health === "object" && health !== null && "status" in health ? `${health.status}` : "unknown";
  return { url, status, health };
}
