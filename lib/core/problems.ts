import { isPlainObject } from "./plain-object";
import { tokenKindOf } from "./tokens";

/** One thing that is wrong with an input: where the user wrote it, and what would be right. */
export interface Problem {
  /** The path as the user wrote it: `production.infrastructure.writeCluster.nodes`. */
  readonly path: string;
  /** What must be, and what was got: `must be a whole number from 1 to 450, got 0`. */
  readonly message: string;
}

/** The path of a key or of a list's element: `production.tags`, `cidrs[0]`. Keys of the whole, at path '', are paths themselves. */
export function pathBelow(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** Thrown before anything is synthesized, with every problem that can be known at synth. */
export class InvalidConfigurationError extends Error {
  override readonly name = "InvalidConfigurationError";

  declare readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const lines = problems.map(({ path, message }) => `  ${printable(path, MAX_PATH)}: ${message}`);
    super(
      `${problems.length === 1 ? "1 problem" : `${problems.length} problems`} in the configuration, nothing was synthesized:\n${lines.join("\n")}`,
    );
    // Not enumerable, or Node would print every problem a second time below the message.
    Object.defineProperty(this, "problems", { value: problems });
  }
}

/** @throws {InvalidConfigurationError} when there is a problem. */
export function throwIfAny(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new InvalidConfigurationError(problems);
}

/** `must be X, got Y`, or what is missing. */
export function mismatch(allowed: string, value: unknown): string {
  return value === undefined ? `is missing, must be ${allowed}` : `must be ${allowed}, got ${shown(value)}`;
}

/** Characters that print as nothing, as a space or as a new line: '4 cores' with a no-break space looks right. */
const INVISIBLE = /(?! )[\p{C}\p{Z}]/gu;
const MAX_SHOWN = 60;
/** Keys are the user's to write, and may be as strange as values. */
const MAX_PATH = 200;

const TOKENS = { text: "a token", number: "a number token", list: "a list token", other: "a token" } as const;

/** A value as an error message shows it. */
export function shown(value: unknown): string {
  const kind = tokenKindOf(value);
  if (kind !== undefined) return TOKENS[kind];
  if (typeof value === "string") return `'${printable(value, MAX_SHOWN)}'`;
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  if (typeof value !== "object" || value === null) return String(value);
  if (!isPlainObject(value)) {
    const kind = kindOf(value);
    return kind === "Object" ? "an object with inherited keys" : `a value of type ${kind}`;
  }
  return Object.keys(value).length === 0 ? "an empty object" : "an object";
}

function printable(text: string, max: number): string {
  const short = text.length > max ? `${text.slice(0, max - 3)}...` : text;
  return short.replace(INVISIBLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** The class of a value, or what the language calls it. */
function kindOf(value: object): string {
  const { name } = Object.getPrototypeOf(value)?.constructor ?? {};
  return typeof name === "string" && name !== "" ? name : Object.prototype.toString.call(value).slice(8, -1);
}

/** `'a', 'b' or 'c'`. */
export function alternatives(values: readonly string[], word = "or"): string {
  const quoted = values.map((value) => `'${value}'`);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} ${word} ${quoted.at(-1)}`;
}
