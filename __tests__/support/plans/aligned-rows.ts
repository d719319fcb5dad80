import { isTree } from "./tree";

interface Item {
  readonly value: unknown;
}

/** What lists of maps are told apart by: the first of these that an item has. */
const IDENTITIES = ["name", "alert", "record", "Sid", "id", "title", "key"];

/** The rows with one more list next to them: an item that is the same, or has the same name, goes into the same row. */
export function alignRows<T extends Item>(rows: readonly T[][], items: readonly T[]): T[][] {
  const left = rows.map((row) => identityOf(row[0]?.value));
  const right = items.map(({ value }) => identityOf(value));
  const aligned: T[][] = [];
  let [fromRow, fromItem] = [0, 0];
  for (const [row, item] of [...commonPlaces(left, right), [rows.length, items.length] as const]) {
    aligned.push(...pair(rows.slice(fromRow, row), items.slice(fromItem, item)));
    aligned.push(...pair(rows.slice(row, row + 1), items.slice(item, item + 1)));
    [fromRow, fromItem] = [row + 1, item + 1];
  }
  return aligned;
}

/** As many items as rows are taken for changes of one another, otherwise each stands alone. */
const pair = <T>(rows: readonly T[][], items: readonly T[]): T[][] =>
  rows.length === items.length
    ? rows.map((row, at) => [...row, ...items.slice(at, at + 1)])
    : [...rows, ...items.map((item) => [item])];

/** What tells an item of a list from the others, if anything does. */
export function nameOf(item: unknown): string | undefined {
  if (!isTree(item)) return undefined;
  return IDENTITIES.map((key) => item[key]).find((name) => typeof name === "string");
}

const identityOf = (value: unknown): string => nameOf(value) ?? JSON.stringify(value);

/** Places in both lists of their longest common subsequence. */
function commonPlaces(left: readonly string[], right: readonly string[]): (readonly [number, number])[] {
  const lengths = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0));
  const lengthAt = (row: number, column: number) => lengths[row]?.[column] ?? 0;
  for (let row = left.length - 1; row >= 0; row -= 1) {
    for (let column = right.length - 1; column >= 0; column -= 1) {
      (lengths[row] ?? [])[column] =
        left[row] === right[column]
          ? lengthAt(row + 1, column + 1) + 1
          : Math.max(lengthAt(row + 1, column), lengthAt(row, column + 1));
    }
  }
  const places: (readonly [number, number])[] = [];
  for (let row = 0, column = 0; row < left.length && column < right.length; ) {
    if (left[row] === right[column]) places.push([row++, column++]);
    else if (lengthAt(row + 1, column) >= lengthAt(row, column + 1)) row += 1;
    else column += 1;
  }
  return places;
}
