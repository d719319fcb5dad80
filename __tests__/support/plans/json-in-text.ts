import { mapTexts } from "./tree";

/** Marks where an interpolation was; a private character, which no text of ours contains. */
const MARK = "\uE000";
const MARKED = new RegExp(`${MARK}(\\d+)${MARK}`, "g");

/**
 * The object or array that a text is in JSON, its interpolations left in place; undefined where it is neither. Terraform
 * sees `{"Resource":"${lookup(x, "arn")}"}` as a template, of which no JSON parser can make anything.
 */
export function jsonIn(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  const { masked, interpolations } = mask(text);
  const restore = (value: string) => value.replaceAll(MARKED, (_, index) => interpolations[Number(index)] ?? "");
  try {
    return mapTexts(JSON.parse(masked), restore, restore);
  } catch {
    return undefined;
  }
}

/** A value with every text that is JSON replaced by what it says, to any depth. */
export const expanded = (value: unknown): unknown =>
  mapTexts(value, (text) => {
    const json = jsonIn(text);
    return json === undefined ? text : expanded(json);
  });

/** The text with each interpolation replaced by a mark, which is quoted where the interpolation was a whole value. */
function mask(text: string): { masked: string; interpolations: string[] } {
  const interpolations: string[] = [];
  let masked = "";
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const length = interpolationLength(text, at);
    if (length > 0) {
      const mark = `${MARK}${interpolations.push(text.slice(at, at + length)) - 1}${MARK}`;
      masked += isQuoted ? mark : `"${mark}"`;
      at += length - 1;
      continue;
    }
    if (isQuoted && text[at] === "\\") {
      masked += text[at];
      at += 1;
    } else if (text[at] === '"') {
      isQuoted = !isQuoted;
    }
    masked += text[at] ?? "";
  }
  return { masked, interpolations };
}

/** Characters of the `${…}` that begins here, with the texts and braces in it; 0 where none does. `$${` is no interpolation. */
function interpolationLength(text: string, start: number): number {
  if (!text.startsWith("${", start) || text[start - 1] === "$") return 0;
  let depth = 0;
  let isQuoted = false;
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text[at];
    const inner = isQuoted ? interpolationLength(text, at) : 0;
    if (inner > 0) at += inner - 1;
    else if (isQuoted && character === "\\") at += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && character === "{") depth += 1;
    else if (!isQuoted && character === "}") {
      depth -= 1;
      if (depth === 0) return at + 1 - start;
    }
  }
  return 0;
}
