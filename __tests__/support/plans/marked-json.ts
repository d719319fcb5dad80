import { jsonIn } from "./json-in-text";
import { isTree } from "./tree";

/** How texts in JSON are written, by their marks. A text that is written in no such way stays a text. */
const LAYOUTS: Readonly<Record<string, (json: unknown) => string>> = {
  "(json)": (json) => JSON.stringify(json),
  "(json 1)": (json) => JSON.stringify(json, null, 1),
  "(json 2)": (json) => JSON.stringify(json, null, 2),
  "(json file)": (json) => `${JSON.stringify(json, null, 2)}\n`,
};

/** The value with each text in JSON replaced by what it says, to any depth, and marked: `policy (json)`. */
export function markJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(markItem);
  if (!isTree(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      const json = readJson(each);
      return json === undefined ? [key, markJson(each)] : [`${key} ${json.mark}`, markJson(json.value)];
    }),
  );
}

function markItem(item: unknown): unknown {
  const json = readJson(item);
  return json === undefined ? markJson(item) : { [json.mark]: markJson(json.value) };
}

function readJson(text: unknown): { readonly value: unknown; readonly mark: string } | undefined {
  const value = typeof text === "string" ? jsonIn(text) : undefined;
  if (value === undefined) return undefined;
  const mark = Object.keys(LAYOUTS).find((layout) => LAYOUTS[layout]?.(value) === text);
  return mark === undefined ? undefined : { value, mark };
}

/** The value with its marked JSON as texts again. */
export function unmarkJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unmarkItem);
  if (!isTree(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      const [, name = key, mark = ""] = /^(.*) (\(json[^()]*\))$/.exec(key) ?? [];
      const write = LAYOUTS[mark];
      return write === undefined ? [key, unmarkJson(each)] : [name, write(unmarkJson(each))];
    }),
  );
}

function unmarkItem(item: unknown): unknown {
  const [[mark = "", json] = []] = isTree(item) ? Object.entries(item) : [];
  const write = LAYOUTS[mark];
  return write === undefined ? unmarkJson(item) : write(unmarkJson(json));
}
