import { DefaultTokenResolver, StringConcat, Tokenization } from "cdktf";
import type { IConstruct } from "constructs";
import { isPlainObject } from "../core/plain-object";

const RESOLVER = new DefaultTokenResolver(new StringConcat());

/**
 * The tokens of one stack, in one pass over it. The results are those of cdktf's `resolve`, which searches each string
 * and key with four regular expressions. Most of them are literals, and the same id or ARN occurs in many places. Here
 * cdktf resolves only what may hold a token, and each text once.
 */
export class StackTokens {
  readonly #texts = new Map<string, unknown>();

  /** `preparing` is cdktf's name for the pass in which references to other stacks are registered. */
  constructor(
    readonly scope: IConstruct,
    readonly preparing: boolean,
  ) {}

  /** Resolves all tokens of a value for their effects. */
  visit(value: unknown): void {
    this.#orAsCdktf(value, () => this.#visit(value));
  }

  /** The value with its tokens resolved, and without what is undefined. */
  resolve(value: unknown): unknown {
    return this.#orAsCdktf(value, () => this.#resolve(value));
  }

  /** A failure is told by cdktf, which knows where in the value it is. */
  #orAsCdktf<T>(value: unknown, work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#byCdktf(value);
      throw error;
    }
  }

  #visit(value: unknown): void {
    if (typeof value === "string") {
      if (!mayHoldToken(value) || this.#texts.has(value)) return;
      this.#texts.set(value, this.#byCdktf(value));
    } else if (Array.isArray(value)) {
      if (mayBeListToken(value)) this.#byCdktf(value);
      else for (const each of value) this.#visit(each);
    } else if (!isLiteral(value)) {
      if (!isObjectOfLiteralKeys(value)) this.#byCdktf(value);
      else for (const key in value) this.#visit(value[key]);
    }
  }

  #resolve(value: unknown): unknown {
    if (typeof value === "string") return mayHoldToken(value) ? this.#text(value) : value;
    if (Array.isArray(value)) return mayBeListToken(value) ? this.#byCdktf(value) : this.#list(value);
    if (isLiteral(value)) return value;
    return isObjectOfLiteralKeys(value) ? this.#object(value) : this.#byCdktf(value);
  }

  #list(list: readonly unknown[]): unknown[] {
    const resolved: unknown[] = [];
    for (const each of list) {
      const part = this.#resolve(each);
      if (part !== undefined) resolved.push(part);
    }
    return resolved;
  }

  #object(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const resolved: Record<string, unknown> = {};
    for (const key of Object.keys(object)) {
      const part = this.#resolve(object[key]);
      if (part !== undefined) resolved[key] = part;
    }
    return resolved;
  }

  #text(text: string): unknown {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const resolved = this.#byCdktf(text);
    // An object is not shared: its owner may change it.
    if (typeof resolved === "string") this.#texts.set(text, resolved);
    return resolved;
  }

  #byCdktf(value: unknown): unknown {
    return Tokenization.resolve(value, { scope: this.scope, resolver: RESOLVER, preparing: this.preparing });
  }
}

/** Whether a string may be or contain a token, or a number's token written as text. */
const mayHoldToken = (text: string): boolean => text.includes("Token") || text.includes("e+");

/** Whether a value that is no string and no list is surely no token. A number's token is a fraction far below zero. */
function isLiteral(value: unknown): boolean {
  switch (typeof value) {
    case "number":
      return Number.isSafeInteger(value) && value >= 0;
    case "boolean":
    case "undefined":
      return true;
    default:
      return value === null;
  }
}

/** A list's token is told by one of its elements, so that only cdktf can say what the list as a whole is. */
function mayBeListToken(list: readonly unknown[]): boolean {
  for (const each of list) {
    if (
      typeof each === "string"
        ? each.includes("#{") && mayHoldToken(each)
        : typeof each === "number" && !isLiteral(each)
    ) {
      return true;
    }
  }
  return false;
}

/** Only cdktf can resolve constructs, resolvables and maps that are tokens. */
function isObjectOfLiteralKeys(value: unknown): value is Record<string, unknown> {
  if (!isPlainObject(value) || "resolve" in value) return false;
  for (const key of Object.keys(value)) if (mayHoldToken(key)) return false;
  return true;
}
