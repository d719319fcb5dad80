import { UNSTORABLE } from "../contract/limits";
import { shown } from "./problems";

/** Characters that control something, or show as nothing: what is copied may have them, and no name does. */
export const HIDDEN = /[\p{Cc}\p{Cf}]/u;

/** What is wrong with a text that has a character that no text may have; undefined where it has none. */
export const characterMessages = (value: unknown): readonly string[] | undefined =>
  typeof value === "string" && UNSTORABLE.test(value)
    ? [`must have no NUL and no half of a surrogate pair, got ${shown(value)}`]
    : undefined;
