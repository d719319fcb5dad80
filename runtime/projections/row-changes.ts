/** Columns of a row and their values, as JSON can carry them: a `bytea` as `\x…`, a `bigint` and a time as a text. */
export type Columns = Readonly<Record<string, unknown>>;

/**
 * What is to become of one row, by its key:
 * `put` inserts it, or overwrites the columns that are named; `set` overwrites those of a row that is there, and is nothing
 * where there is none; `delete` takes it away.
 */
export interface RowChange {
  readonly kind: "put" | "set" | "delete";
  readonly table: string;
  /** Columns of its primary key, or of another unique index. */
  readonly key: Columns;
  readonly columns: Columns;
}

export const put = (table: string, key: Columns, columns: Columns): RowChange => ({ kind: "put", table, key, columns });
export const set = (table: string, key: Columns, columns: Columns): RowChange => ({ kind: "set", table, key, columns });
export const remove = (table: string, key: Columns): RowChange => ({ kind: "delete", table, key, columns: {} });

/** Rows of one table that one statement can change: of one kind, and with the same columns. */
export interface ChangedRows {
  readonly kind: RowChange["kind"];
  readonly table: string;
  readonly key: readonly string[];
  readonly columns: readonly string[];
  readonly rows: readonly RowChange[];
}

/**
 * The same outcome with as few statements as can be: changes of one row become one, and rows that change alike are changed
 * together. What can't become one is done in several steps, one after the other.
 */
export function combined(changes: readonly RowChange[]): readonly ChangedRows[] {
  const steps: Map<string, RowChange>[] = [new Map()];
  for (const change of changes) {
    const step = steps.at(-1);
    const row = `${change.table} ${keyText(change.key)}`;
    const former = step?.get(row);
    const merged = former === undefined ? change : inOne(former, change);
    if (merged !== undefined) step?.set(row, merged);
    else steps.push(new Map([[row, change]]));
  }
  return steps.flatMap((step) => alike(step.values()));
}

/** Most keys are one text. */
function keyText(key: Columns): string {
  const values = Object.values(key);
  return values.length === 1 && typeof values[0] === "string" ? `=${values[0]}` : JSON.stringify(values);
}

/** One change instead of two, one after the other; undefined where none would do the same. */
function inOne(first: RowChange, second: RowChange): RowChange | undefined {
  if (second.kind === "delete") return second;
  if (first.kind === "delete") return second.kind === "set" ? first : undefined;
  // A row that is not there gets nothing by the first of them, and all by the second.
  const isWhole = Object.keys(first.columns).every((column) => column in second.columns);
  if (first.kind === "set" && second.kind === "put") return isWhole ? second : undefined;
  return { ...first, columns: { ...first.columns, ...second.columns } };
}

function alike(changes: Iterable<RowChange>): readonly ChangedRows[] {
  const groups: (ChangedRows & { readonly rows: RowChange[] })[] = [];
  for (const change of changes) {
    const group = groups.find((each) => isOf(change, each));
    if (group !== undefined) group.rows.push(change);
    else {
      const [key, columns] = [Object.keys(change.key), Object.keys(change.columns)];
      groups.push({ kind: change.kind, table: change.table, key, columns, rows: [change] });
    }
  }
  return groups;
}

const isOf = ({ kind, table, key, columns }: RowChange, group: ChangedRows): boolean =>
  kind === group.kind && table === group.table && hasNames(columns, group.columns) && hasNames(key, group.key);

/** Compared as they stand: lists of them would cost more than all else that is done with a row. */
function hasNames(columns: Columns, names: readonly string[]): boolean {
  let index = 0;
  for (const name in columns) if (name !== names[index++]) return false;
  return index === names.length;
}
