import { mismatch, shown } from "./problems";
import { betweenTokens, strayMarkerIn, type TokenKind, tokenKindOf } from "./tokens";

/** Which tokens a value may be: what Terraform computes can't be judged at synth. */
export interface TokensAllowed {
  readonly kind: TokenKind;
  /** What a text may have next to its tokens. @default - anything */
  readonly beside?: RegExp;
  /** What it may have before a token. @default - as next to it */
  readonly before?: RegExp;
}

/** Ours: names, ARNs, hosts and paths have no other characters, and a template of Terraform's has. */
export const PART_OF_NAME: TokensAllowed = { kind: "text", beside: /^[\w .:/@=+,-]*$/ };
/** A `$` before a token would escape it: in Terraform's templates, `$${` is the text `${`. */
export const PART_OF_TEXT: TokensAllowed = { kind: "text", before: /(?<!\$)$/ };
export const NUMBER: TokensAllowed = { kind: "number" };
export const LIST: TokensAllowed = { kind: "list" };

/** What is wrong with a value that has tokens, or what looks like one; undefined where it has neither. */
export function tokenMessages(
  value: unknown,
  allowed: string,
  { kind, beside, before }: TokensAllowed,
): readonly string[] | undefined {
  const stray = typeof value === "string" ? strayMarkerIn(value) : undefined;
  if (stray !== undefined) return [`must not have ${shown(stray)}, which is no token of a text in this program`];
  const found = tokenKindOf(value);
  if (found === undefined) return undefined;
  if (found !== kind) return [mismatch(allowed, value)];
  if (typeof value !== "string") return [];
  return betweenTokens(value)
    .filter(
      (part, index, parts) =>
        beside?.test(part) === false || (index < parts.length - 1 && before?.test(part) === false),
    )
    .map((part) => `must be ${allowed}, got ${shown(part)} next to a token`);
}
