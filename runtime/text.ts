import { UNSTORABLE } from "../lib/contract/limits";

const ALL_UNSTORABLE = new RegExp(UNSTORABLE, "gu");
/** As JSON writes them. The last alternative takes what a backslash escapes otherwise: `\\u0000` is no NUL. */
const ESCAPES = /\\(?:u0000|ud[89a-f][0-9a-f]{2}|.)/g;
const REPLACEMENT = "\ufffd";

/** Whether every store keeps a text as it is. Halves of surrogate pairs all become one character, and two texts one. */
export const isStorable = (text: string): boolean => !UNSTORABLE.test(text);

/** The text with U+FFFD, the replacement character, for each character that not every store keeps. */
export const storable = (text: string): string =>
  UNSTORABLE.test(text) ? text.replace(ALL_UNSTORABLE, REPLACEMENT) : text;

/** The same for the texts within JSON, as `JSON.stringify` writes it: halves of surrogate pairs are escaped, whole ones are not. */
export function storableJson(json: string): string {
  if (!json.includes("\\u0000") && !json.includes("\\ud")) return json;
  return json.replace(ESCAPES, (escaped) => (escaped.length > 2 ? REPLACEMENT : escaped));
}
