/**
 * Where an event stands in the log of all events. Only its order is said, by `major` and then by `minor`: positions have
 * gaps, and no two may be subtracted. KurrentDB's are a commit and a prepare position, PostgreSQL's a transaction and a row.
 */
export interface Position {
  readonly major: bigint;
  readonly minor: bigint;
}

/** Below 0 where `a` comes first, 0 where they are one, above 0 otherwise. */
export function comparePositions(a: Position, b: Position): number {
  if (a.major !== b.major) return a.major < b.major ? -1 : 1;
  if (a.minor !== b.minor) return a.minor < b.minor ? -1 : 1;
  return 0;
}

/** As a checkpoint holds it: `12/34`. */
export const positionText = ({ major, minor }: Position): string => `${major}/${minor}`;

/** @throws {RangeError} for what is no position's text. */
export function positionOf(text: string): Position {
  const [, major, minor] = /^(0|[1-9]\d{0,19})\/(0|[1-9]\d{0,19})$/.exec(text) ?? [];
  if (major === undefined || minor === undefined) throw new RangeError(`position: must be like 12/34, got ${text}`);
  return { major: BigInt(major), minor: BigInt(minor) };
}
