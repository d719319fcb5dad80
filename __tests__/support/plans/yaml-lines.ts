import { isTree } from "./tree";

/** Characters that a line may have. */
const WIDTH = 120;

/** A value that is printed once and referenced as `*name` from other places: YAML's anchor. */
export class Anchor {
  constructor(
    readonly name: string,
    readonly value: unknown,
  ) {}
}

/** A reference to an anchor above: YAML's alias. */
export class Alias {
  constructor(readonly name: string) {}
}

/**
 * A value as YAML that differs well: what fits on a line is on one line, everything else has a line for each entry.
 * Texts keep all of their bytes, however they are wrapped.
 */
export const yamlOf = (value: Readonly<Record<string, unknown>>): string =>
  Object.keys(value).length === 0 ? "{}\n" : `${entryLines(value, 0).join("\n")}\n`;

/** The lines of a value whose first line begins with `head`: a key or a dash, indented already. */
function linesOf(value: unknown, indent: number, head: string): string[] {
  if (value instanceof Anchor) return linesOf(value.value, indent, `${head} &${value.name}`);
  const line = `${head} ${inline(value, isCollection(value))}`;
  if (fits(line) && !hasMarkedKey(value)) return [line];
  if (Array.isArray(value)) return [head, ...value.flatMap((item) => itemLines(item, indent + 2))];
  if (isTree(value) && isCollection(value)) return [head, ...entryLines(value, indent + 2)];
  return typeof value === "string" ? textLines(value, indent + 2, head) : [line];
}

function entryLines(value: Readonly<Record<string, unknown>>, indent: number): string[] {
  const margin = " ".repeat(indent);
  return Object.entries(value).flatMap(([key, each]) => {
    const head = `${margin}${scalar(key, false)}:`;
    if (fits(head)) return linesOf(each, indent, head);
    return [...textLines(key, indent + 2, `${margin}?`), ...linesOf(each, indent, `${margin}:`)];
  });
}

/** A map begins on the line of its dash. */
function itemLines(item: unknown, indent: number): string[] {
  const dash = `${" ".repeat(indent)}-`;
  const isOneLine = fits(`${dash} ${inline(item, true)}`) && !hasMarkedKey(item);
  if (isOneLine || !isTree(item) || !isCollection(item)) return linesOf(item, indent, dash);
  const [first = "", ...others] = entryLines(item, indent + 2);
  return [`${dash} ${first.slice(indent + 2)}`, ...others];
}

const fits = (line: string): boolean => line.length <= WIDTH && !line.includes("\n");

const isCollection = (value: unknown): boolean =>
  (Array.isArray(value) || isTree(value)) && !(value instanceof Anchor) && !(value instanceof Alias);

/** What only some environments have gets lines of its own. */
const hasMarkedKey = (value: unknown): boolean =>
  isTree(value) && Object.keys(value).some((key) => /[^ ] <[^<>]+>$/.test(key));

function inline(value: unknown, isInCollection: boolean): string {
  if (value instanceof Alias) return `*${value.name}`;
  if (value instanceof Anchor) return `&${value.name} ${inline(value.value, isInCollection)}`;
  if (Array.isArray(value)) return `[${value.map((item) => inline(item, true)).join(", ")}]`;
  if (!isTree(value)) return scalar(value, isInCollection);
  const entries = Object.entries(value).map(([key, each]) => `${scalar(key, true)}: ${inline(each, true)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

function scalar(value: unknown, isInCollection: boolean): string {
  if (typeof value !== "string") return JSON.stringify(value);
  if (isPlain(value) && !(isInCollection && /[,[\]{}]/.test(value))) return value;
  return value.includes('"') && !/['\\\p{Cc}]/u.test(value) ? `'${value}'` : JSON.stringify(value);
}

/** What YAML 1.1 or 1.2 would read as something else than a text. */
const OTHER_THAN_TEXT = /^(?:true|false|null|yes|no|on|off|y|n|[-+]?\.(?:inf|nan)|[-+.]?\d[\d_.:eEoxXa-fA-F+-]*)$/i;

const isPlain = (text: string): boolean =>
  /^[\p{L}\p{N}$(/<=.;^_+]/u.test(text) && !/: |:$| #| $|\p{Cc}/u.test(text) && !OTHER_THAN_TEXT.test(text);

/** A text that is too long for one line, or has several: as a literal or a folded block, or wrapped in quotes. */
function textLines(text: string, indent: number, head: string): string[] {
  const width = WIDTH - indent;
  const block = text.includes("\n") ? literal(text, width) : folded(text, width);
  const { opening, lines } = block ?? { opening: "", lines: wrapped(text, width) };
  return [`${head} ${opening}`.trimEnd(), ...lines.map((line) => (line === "" ? "" : " ".repeat(indent) + line))];
}

interface Block {
  readonly opening: string;
  readonly lines: readonly string[];
}

function literal(text: string, width: number): Block | undefined {
  const lines = text.replace(/\n$/, "").split("\n");
  const isLiteral = lines.every((line) => line.length <= width && !/\s$|[^\P{Cc}\t]/u.test(line));
  if (!isLiteral || /^[ \n]|\n\n$/.test(text)) return undefined;
  return { opening: text.endsWith("\n") ? "|" : "|-", lines };
}

/** Lines broken at spaces, each break of which is read as that space. */
function folded(text: string, width: number): Block | undefined {
  const words = text.split(" ");
  if (words.some((word) => word === "" || word.length > width || /\p{Cc}/u.test(word))) return undefined;
  const lines: string[] = [];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length === 0 || longer.length > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return { opening: ">-", lines };
}

/** A text in quotes, with a backslash where a line is broken that the text does not break. */
function wrapped(text: string, width: number): string[] {
  // A quote or a backslash, and a backslash that keeps a space at the beginning.
  const room = width - 3;
  const lines: string[] = [];
  for (let rest = JSON.stringify(text).slice(1, -1); rest !== ""; ) {
    const line = rest.length <= room ? rest : rest.slice(0, breakOf(rest.slice(0, room)));
    lines.push(line.startsWith(" ") && lines.length > 0 ? `\\${line}` : line);
    rest = rest.slice(line.length);
  }
  return lines.map((line, at) => (at === 0 ? '"' : "") + line + (at === lines.length - 1 ? '"' : "\\"));
}

/** Where to break: after a line's end, a space or what separates words, and never within an escape. */
function breakOf(text: string): number {
  const ends = [/^.*?\\n/, /^.{60,} (?! )/, /^.*[./:,-]/].map((end) => end.exec(text)?.[0].length ?? 0);
  return ends.find((end) => end > 0) ?? (/^(?:\\u[\da-f]{4}|\\[^u]|[^\\])*/.exec(text)?.[0].length || text.length);
}
