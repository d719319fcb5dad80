import { checkSubject } from "../../keys/subject";
import { FORMAT_VERSION } from "./sealed-text";

/** Whose a record is, and which it is: a value that is encrypted for one is no value of another. */
export interface RecordPlace {
  /** The kind of record: a table, a category of streams. */
  readonly category: string;
  /** Its key: of a row, of a stream. Not a revision or an event's type, which change without the value. */
  readonly record: string;
  /** Whom it is about, and whose keys encrypt it. */
  readonly subject: string;
}

/**
 * What a value is bound to. Each part has its length before it, so that no two places are one text; in UTF-16, for UTF-8
 * makes the same bytes of all halves of characters.
 */
export function placeBytes(kind: "field" | "event", { category, record, subject }: RecordPlace, path: string): Buffer {
  const text = `${FORMAT_VERSION}${kind}${part(category)}${part(record)}${part(checkSubject(subject))}${part(path)}`;
  return Buffer.from(text, "utf16le");
}

const part = (text: string): string => `|${text.length}:${text}`;
