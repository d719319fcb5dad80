import type { Pool } from "pg";
import { type Form, formsMade } from "./forms";

/** Of those that can be used. A partitioned table's is said to be of it "only", and is of its partitions, too. */
export const INDEX_FORMS = `
select c.relname::text as name, replace(pg_get_indexdef(c.oid), ' ON ONLY ', ' ON ') as form
from pg_index i join pg_class c on c.oid = i.indexrelid
where c.relnamespace = $1::regnamespace and i.indisvalid`;

/** Of an index with a name: those that PostgreSQL names are others each time. */
const MAKES_INDEX = /\bcreate\s+(?:unique\s+)?index\s+(?:if\s+not\s+exists\s+)?(?!\s|on\s)/i;

/** Tables of the same columns, without a row. */
const LIKE = `
select string_agg(format('create table %I.%I (like %I.%I)', $2::text, relname, $1::text, relname), ';') as statements
from pg_class where relnamespace = $1::regnamespace and relkind in ('r', 'p', 'm')`;

/** Indexes that a statement makes, found by making them of nothing; none where it makes something else. */
export async function indexesMade(
  pool: Pool,
  schema: string,
  statement: string,
  signal: AbortSignal | undefined,
): Promise<readonly Form[]> {
  if (!MAKES_INDEX.test(statement)) return [];
  const make: Parameters<typeof formsMade>[3] = async (client, scratch) => {
    const { rows } = await client.query<{ statements: string | null }>(LIKE, [schema, scratch]);
    await client.query(rows[0]?.statements ?? "");
    // After the tables, for what else is named: the schema's functions and types.
    await client.query(`set local search_path to ${scratch}, ${schema}; set local statement_timeout = 0`);
    await client.query(statement);
  };
  // What does more than make an index may need what these tables lack: the statement itself says whether it can be done.
  return formsMade(pool, schema, INDEX_FORMS, make, signal).catch(() => []);
}
