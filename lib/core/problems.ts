/** One thing that is wrong with an input: where the user wrote it, and what would be right. */
export interface Problem {
  /** The path as the user wrote it: `production.infrastructure.writeCluster.nodes`. */
  readonly path: string;
  /** What must be, and what was got: `must be a whole number from 1 to 450, got 0`. */
  readonly message: string;
}

/** Thrown before anything is synthesized, with every problem that can be known at synth. */
export class InvalidConfigurationError extends Error {
  override readonly name = "InvalidConfigurationError";

  constructor(readonly problems: readonly Problem[]) {
    const lines = problems.map(({ path, message }) => `  ${path}: ${message}`);
    super(
      `${problems.length === 1 ? "1 problem" : `${problems.length} problems`} in the configuration, nothing was synthesized:\n${lines.join("\n")}`,
    );
  }
}

/** @throws {InvalidConfigurationError} when there is a problem. */
export function throwIfAny(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new InvalidConfigurationError(problems);
}

/** A value as an error message shows it. */
export function shown(value: unknown): string {
  if (typeof value === "string") return `'${value.length > 60 ? `${value.slice(0, 57)}...` : value}'`;
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  if (value === null) return "null";
  if (typeof value === "object") return Object.keys(value).length === 0 ? "an empty object" : "an object";
  if (typeof value === "function") return "a function";
  return String(value);
}

/** `'a', 'b' or 'c'`. */
export function alternatives(values: readonly string[], word = "or"): string {
  const quoted = values.map((value) => `'${value}'`);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} ${word} ${quoted.at(-1)}`;
}
