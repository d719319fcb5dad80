import type { StoredEvent } from "../../event-store/event-store";
import type { Projection } from "../../projections/projection";
import { type ChangedRows, combined, type RowChange } from "../../projections/row-changes";
import { storableJson } from "../../text";
import type { SqlTransaction } from "./postgres-read-models";

export interface TableProjectionProps {
  readonly name: string;
  readonly types: readonly string[];
  /** What an event changes. It is given again when models are built anew: nothing but its event says what. */
  readonly changes: (event: StoredEvent) => Promise<readonly RowChange[]> | readonly RowChange[];
}

const NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/**
 * Rows of tables, each with a key. Changes of many events are made by as few statements as can be, which is what building
 * models anew takes its speed from. Texts that PostgreSQL can't keep have U+FFFD, the replacement character, in place of NUL and
 * of halves of surrogate pairs: one event must not stop all that follow.
 */
export function tableProjection({ name, types, changes }: TableProjectionProps): Projection<SqlTransaction> {
  const handleAll = async (events: readonly StoredEvent[], transaction: SqlTransaction): Promise<void> => {
    const all = await Promise.all(events.map(changes));
    for (const rows of combined(all.flat())) {
      checkNames(rows);
      if ((await transaction.putNew?.(rows)) === true) continue;
      const values = storableJson(JSON.stringify(rows.rows.map(({ key, columns }) => ({ ...key, ...columns }))));
      await transaction.query(statementOf(rows), [values]);
    }
  };
  return { name, types, handleAll, handle: (event, transaction) => handleAll([event], transaction) };
}

/** @throws {RangeError} for a name that would have to be quoted. */
function checkNames({ table, key, columns }: ChangedRows): void {
  for (const name of [table, ...key, ...columns]) {
    if (!NAME.test(name)) throw new RangeError(`a name of a table or a column: must be ${NAME.source}, got ${name}`);
  }
}

/**
 * Values come as JSON, and the table says of which types they are. PostgreSQL takes any JSON for a hundred rows, and would read
 * a whole table of some ten thousand rows for one: the limit tells it how many there are.
 */
function statementOf({ kind, table, key, columns, rows: { length } }: ChangedRows): string {
  const rows = `(select * from json_populate_recordset(null::${table}, $1::json) limit ${length}) as r`;
  const isRow = key.map((column) => `t.${column} = r.${column}`).join(" and ");
  const from = (source: string) => columns.map((column) => `${column} = ${source}.${column}`).join(", ");
  const all = [...key, ...columns];
  switch (kind) {
    case "put":
      return `insert into ${table} (${all.join(", ")}) select ${all.map((column) => `r.${column}`).join(", ")} from ${rows}
        on conflict (${key.join(", ")}) do ${columns.length === 0 ? "nothing" : `update set ${from("excluded")}`}`;
    case "set":
      return `update ${table} as t set ${from("r")} from ${rows} where ${isRow}`;
    case "delete":
      return `delete from ${table} as t using ${rows} where ${isRow}`;
  }
}
