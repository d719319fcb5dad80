/**
 * A whole number within its bounds.
 * @throws {RangeError} otherwise, with the path of what it is.
 */
export function wholeNumber(path: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(`${path}: must be a whole number from ${least} to ${most}, got ${value}`);
}
