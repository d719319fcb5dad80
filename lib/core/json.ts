import { type Problem, pathBelow, throwIfAny } from "./problems";

/** Ours: no configuration is nested deeper. Checks walk a value by recursion, which ends beyond some thousands. */
const MAX_LEVELS = 100;

/**
 * The value of a JSON text.
 * @param path begins the paths of its keys
 * @param name of the text, for what is wrong with all of it
 * @throws {InvalidConfigurationError} for a text that is no JSON or has more than 100 levels, and for each key that an object
 * has twice: `JSON.parse` would keep the last alone, and a merge by hand leaves such.
 */
export function parseJson(text: string, path: string, name = path): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    const position = /position (\d+)/.exec(message)?.[1];
    const line = position === undefined ? "" : ` (line ${text.slice(0, Number(position)).split("\n").length})`;
    throwIfAny([{ path: name, message: `must be JSON, got ${message}${line}` }]);
  }
  throwIfAny(nestingProblems(`${text}`, path));
  return value;
}

/** An object or a list whose end is not reached. */
interface Container {
  readonly path: string;
  /** Those of an object so far. */
  readonly keys?: Set<string>;
  /** Values of a list so far. */
  count: number;
  /** Path of the value that comes next; undefined where a key comes next. */
  next?: string;
}

/** What is wrong with the objects and lists of a text that is JSON. */
function nestingProblems(text: string, path: string): readonly Problem[] {
  const problems: Problem[] = [];
  const containers: Container[] = [];
  const marks = /["{}[\],]/g;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    const [character] = mark;
    const inner = containers.at(-1);
    if (character === "{" || character === "[") {
      const at = inner?.next ?? path;
      if (containers.length === MAX_LEVELS) return [{ path: at, message: `must have at most ${MAX_LEVELS} levels` }];
      const isList = character === "[";
      containers.push({ path: at, count: 0, ...(isList ? { next: pathBelow(at, 0) } : { keys: new Set() }) });
    } else if (character === '"') {
      const start = mark.index;
      marks.lastIndex = endOfString(text, start);
      if (inner?.keys === undefined || inner.next !== undefined) continue;
      const key: string = JSON.parse(text.slice(start, marks.lastIndex));
      inner.next = pathBelow(inner.path, key);
      if (inner.keys.has(key)) problems.push({ path: inner.next, message: "must be given once, got it twice" });
      inner.keys.add(key);
    } else if (inner !== undefined && character === ",") {
      inner.count += 1;
      inner.next = inner.keys === undefined ? pathBelow(inner.path, inner.count) : undefined;
    } else {
      containers.pop();
    }
  }
  return problems;
}

/** Where a text's string ends that begins at a quote. */
function endOfString(text: string, start: number): number {
  let end = start + 1;
  while (text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
  return end + 1;
}
