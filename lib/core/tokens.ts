import { Token, Tokenization } from "cdktf";

/** A value that Terraform computes, by what it becomes. */
export type TokenKind = "text" | "number" | "list" | "other";

/** How cdktf writes a token into a text: that of a text, of a list and of a map, and a number far below zero. */
const MARKER = /[$#&]\{TfToken\[[\w:.-]+\]\}|-8\.\d+e\+298/g;
const TEXT_MARKER = /^\$\{TfToken/;
/** What cdktf takes for the value of a map's token, wherever it is. */
const MAP_VALUES: readonly string[] = [Token.STRING_MAP_TOKEN_VALUE, Token.ANY_MAP_TOKEN_VALUE];

/**
 * What a value is a token of; a text is one where it has a token among other characters. Undefined where the value has
 * none that this program made: configuration that was read can have texts and numbers that look like tokens.
 */
export function tokenKindOf(value: unknown): TokenKind | undefined {
  if (typeof value === "string") {
    return mayHaveMarker(value) && markersIn(value).some(isMade) ? "text" : undefined;
  }
  if (!Token.isUnresolved(value) || !isRegistered(value)) return undefined;
  if (typeof value === "number") return "number";
  return Array.isArray(value) && typeof value[0] === "string" ? "list" : "other";
}

export const isToken = (value: unknown): boolean => tokenKindOf(value) !== undefined;

/** Whether cdktf would take a text or a number for a token, or for one among other characters, even if there is none. */
export const looksLikeToken = (value: unknown): boolean =>
  typeof value === "string"
    ? MAP_VALUES.includes(value) || (mayHaveMarker(value) && markersIn(value).length > 0)
    : typeof value === "number" && Token.isUnresolved(value);

/** What of a text cdktf would take for a token, though no token of a text has it. */
export function strayMarkerIn(text: string): string | undefined {
  if (MAP_VALUES.includes(text)) return text;
  return mayHaveMarker(text) ? markersIn(text).find((marker) => !isMade(marker)) : undefined;
}

/** What is in a text between its tokens, in their order; also what is before the first and after the last. */
export const betweenTokens = (text: string): readonly string[] => text.split(MARKER);

/** Most texts have no token, and this is much faster than the pattern. */
const mayHaveMarker = (text: string): boolean => text.includes("{TfToken[") || text.includes("e+298");

/** Numbers that only look like a token's are not taken for one by cdktf either. */
const markersIn = (text: string): readonly string[] =>
  (text.match(MARKER) ?? []).filter((marker) => marker.includes("TfToken") || Token.isUnresolved(Number(marker)));

const isMade = (marker: string): boolean => TEXT_MARKER.test(marker) && isRegistered(marker);

/** Whether cdktf finds a token for a value that looks like one: it throws where there is none. */
function isRegistered(value: unknown): boolean {
  try {
    return Tokenization.reverse(value).length > 0;
  } catch {
    return false;
  }
}
