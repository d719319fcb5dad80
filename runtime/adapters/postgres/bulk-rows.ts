import { finished } from "node:stream/promises";
import type { PoolClient } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { ChangedRows, RowChange } from "../../projections/row-changes";
import { storable, storableJson } from "../../text";
import { copyRow } from "./copy-text";

/** Of `pg_type.typcategory`: arrays and composites, whose text is not JSON's. */
const NOT_AS_JSON = ["A", "C"];
const UNIQUE_VIOLATION = "23505";

/** What COPY has to know of a table. */
interface CopiedTable {
  readonly canCopy: boolean;
  /** Columns that hold documents, in which a text is one in quotes. */
  readonly documents: ReadonlySet<string>;
}

/**
 * Puts rows by COPY, which costs a third of an insert, into tables where they are new. Where one is not, the statement that
 * overwrites does it, from then on for that table.
 */
export class BulkRows {
  /** By their names, once they were asked. */
  private readonly tables = new Map<string, CopiedTable>();

  /**
   * @returns whether it was done; otherwise nothing was.
   * @throws {RowsNotNewError} and the transaction is lost: done again, it is done by statements.
   */
  async put(client: PoolClient, { kind, table, key, columns, rows }: ChangedRows): Promise<boolean> {
    if (kind !== "put") return false;
    const known = await this.tableOf(client, table);
    if (!known.canCopy) return false;
    const copy = client.query(copyFrom(`copy ${table} (${[...key, ...columns].join(", ")}) from stdin`));
    try {
      copy.end(textOfRows(rows, key, columns, known.documents));
      await finished(copy, { readable: false });
      return true;
    } catch (error) {
      if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error;
      this.tables.set(table, { ...known, canCopy: false });
      throw new RowsNotNewError(table, error);
    }
  }

  private async tableOf(client: PoolClient, table: string): Promise<CopiedTable> {
    const known = this.tables.get(table);
    if (known !== undefined) return known;
    const { rows } = await client.query<{ name: string; category: string; is_document: boolean }>(
      `select a.attname::text as name, t.typcategory as category,
        (case t.typtype when 'd' then t.typbasetype else t.oid end) in ('json'::regtype, 'jsonb'::regtype) as is_document
      from pg_attribute a join pg_type t on t.oid = a.atttypid
      where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped`,
      [table],
    );
    const asked = {
      canCopy: !rows.some(({ category }) => NOT_AS_JSON.includes(category)),
      documents: new Set(rows.filter(({ is_document }) => is_document).map(({ name }) => name)),
    };
    this.tables.set(table, asked);
    return asked;
  }
}

/** Rows of a table are not all new, which was not known before. */
export class RowsNotNewError extends Error {
  override readonly name = "RowsNotNewError";

  constructor(table: string, cause: unknown) {
    super(`${table} has rows that are put again`, { cause });
  }
}

function textOfRows(
  rows: readonly RowChange[],
  key: readonly string[],
  columns: readonly string[],
  documents: ReadonlySet<string>,
): string {
  const isDocument = [...key, ...columns].map((name) => documents.has(name));
  const values: (string | null)[] = new Array(isDocument.length);
  let text = "";
  for (const row of rows) {
    let index = 0;
    for (const name of key) values[index] = valueIn(row.key[name], isDocument[index++] === true);
    for (const name of columns) values[index] = valueIn(row.columns[name], isDocument[index++] === true);
    text += copyRow(values);
  }
  return text;
}

const valueIn = (value: unknown, isDocument: boolean): string | null =>
  isDocument ? documentOf(value) : textOf(value);

/** Null where JSON has nothing else for it, as of a number that is none. */
function documentOf(value: unknown): string | null {
  const document = storableJson(JSON.stringify(value) ?? "null");
  return document === "null" ? null : document;
}

/** As the statement would find it, which is given all values as JSON. */
function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return storable(value);
  const document = documentOf(value);
  // A time, and whatever else is a text in JSON.
  return document?.startsWith('"') ? JSON.parse(document) : document;
}
