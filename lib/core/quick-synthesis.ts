import { type ResolveOptions, Tokenization } from "cdktf";
import { isPlainObject } from "./plain-object";

/**
 * Runs `work`, the preparation or the writing of one stack, without cdktf's slowest steps. The output is the same. The
 * figures in brackets are measured: the CPU time of each further environment, in multiples of an empty app's, without
 * this step and those above it. With all steps it is 3.05.
 *
 * - The stack trace of every token, which no code reads (1.95). V8 records an error's own trace, which stays.
 * - The search for tokens in literals (1.39). cdktf resolves every element three times, and searches each string
 *   and key with four regular expressions. Most of them are literals.
 * - The second search in the same text with tokens (1.24). An id or a key's ARN occurs in many places of a stack.
 *
 * Both are public names of the library and of the language. Where a later cdktf goes another way, this has no effect.
 */
export function quickly<T>(work: () => T): T {
  const { captureStackTrace } = Error;
  const { resolve } = Tokenization;
  Error.captureStackTrace = () => {};
  const remembered = remembering(resolve);
  Tokenization.resolve = (value, options) => resolveQuickly(value, options, remembered);
  try {
    return work();
  } finally {
    Error.captureStackTrace = captureStackTrace;
    Tokenization.resolve = resolve;
  }
}

type Resolve = (value: unknown, options: ResolveOptions) => unknown;

/** Remembers what texts are. Only for the first stack that it is asked for: elsewhere the same token is another. */
function remembering(resolve: Resolve): Resolve {
  const texts = new Map<string, string>();
  let first: ResolveOptions | undefined;
  return (value, options) => {
    first ??= options;
    const { scope, resolver, preparing } = first;
    const isSame = options.scope === scope && options.resolver === resolver && options.preparing === preparing;
    if (typeof value !== "string" || !isSame) return resolve(value, options);
    const known = texts.get(value);
    if (known !== undefined) return known;
    const resolved = resolve(value, options);
    if (typeof resolved === "string") texts.set(value, resolved);
    return resolved;
  };
}

/** What `resolve` gives, which is asked only for what may hold a token. Like it, leaves out what is undefined. */
function resolveQuickly(value: unknown, options: ResolveOptions, resolve: Resolve): unknown {
  if (isLiteral(value)) return value;
  if (Array.isArray(value)) {
    // A list's token is told by one of its elements, so that only cdktf can say what the list as a whole is.
    if (value.some((it) => typeof it !== "object" && !isLiteral(it) && !isText(it))) return resolve(value, options);
    return value.map((it) => resolveQuickly(it, options, resolve)).filter((it) => it !== undefined);
  }
  // Only cdktf can resolve constructs and resolvables.
  if (!isPlainObject(value) || "resolve" in value) return resolve(value, options);
  const keys = Object.keys(value);
  if (!keys.every(isLiteral)) return resolve(value, options);
  const resolved: Record<string, unknown> = {};
  for (const key of keys) {
    const part = resolveQuickly(value[key], options, resolve);
    if (part !== undefined) resolved[key] = part;
  }
  return resolved;
}

/** What a string has in it when a token, or a number's token written as text, may be there. */
const MAY_HOLD_TOKEN = /Token|e\+/;

/** Whether a value is a text that may hold tokens of texts, but none of a list. */
const isText = (value: unknown): boolean => typeof value === "string" && !value.includes("#{");

/** Whether a value is surely no token. A number's token is a fraction far below zero. */
function isLiteral(value: unknown): boolean {
  switch (typeof value) {
    case "string":
      return !MAY_HOLD_TOKEN.test(value);
    case "number":
      return Number.isSafeInteger(value) && value >= 0;
    case "boolean":
    case "undefined":
      return true;
    default:
      return value === null;
  }
}
