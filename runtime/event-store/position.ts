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

/** Whether a position is behind another; every one is behind `undefined`, which is before the first. */
export const isAfter = (position: Position, other: Position | undefined): boolean =>
  other === undefined || comparePositions(position, other) > 0;

/** Undefined as soon as one of them is, for that one is before the first event; and of none. */
export function leastOf(positions: readonly (Position | undefined)[]): Position | undefined {
  let least = positions[0];
  for (const position of positions) {
    if (position === undefined || least === undefined) return undefined;
    if (isAfter(least, position)) least = position;
  }
  return least;
}

/** As a checkpoint holds it: `12/34`. */
export const positionText = ({ major, minor }: Position): string => `${major}/${minor}`;

/** @throws {RangeError} for what is no position's text. */
export function positionOf(text: string): Position {
  const [, major, minor] = /^(0|[1-9]\d{0,19})\/(0|[1-9]\d{0,19})$/.exec(text) ?? [];
  if (major === undefined || minor === undefined) throw new RangeError(`position: must be like 12/34, got ${text}`);
  return { major: BigInt(major), minor: BigInt(minor) };
}
