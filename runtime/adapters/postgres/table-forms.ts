import type { Pool, PoolClient } from "pg";
import { onConnection } from "./connection";
import { checkSchema } from "./event-table";

/** Each column of each table of a schema, and what its rows must keep to: other schemas may be named in it, and are not ours. */
const FORMS = `
select c.relname::text as table, format('column %I %s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
  case when a.attnotnull then ' not null' else '' end, a.attidentity, a.attgenerated) as form
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p')
union all
select c.relname::text, pg_get_constraintdef(k.oid)
from pg_class c join pg_constraint k on k.conrelid = c.oid and k.contype in ('p', 'u', 'c', 'x')
where c.relnamespace = $1::regnamespace
order by 1, 2`;

/**
 * Whether the tables of a schema are what statements would make where there is nothing yet: "if not exists" leaves those as they
 * are that were made by other statements. Tables that no statement makes are nobody's business.
 * @throws {RangeError} with the first that is not.
 */
export async function checkForms(
  pool: Pool,
  schema: string,
  statements: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const actual = await onConnection(pool, signal, (client) => formsOf(client, schema));
  const wanted = await formsMade(pool, checkSchema(`${schema}_form`), statements, signal);
  for (const [table, form] of wanted) {
    const got = actual.get(table) ?? [];
    const missing = form.find((each) => !got.includes(each));
    const other = got.find((each) => !form.includes(each));
    if (missing === undefined && other === undefined) continue;
    const difference = [missing && `lacks ${missing}`, other && `has ${other}`].filter(Boolean).join(" and ");
    throw new RangeError(
      `${schema}.${table}: is of another form than the projections make, it ${difference}: build beside it, or drop it first`,
    );
  }
}

type Forms = ReadonlyMap<string, readonly string[]>;

async function formsOf(client: PoolClient, schema: string): Promise<Forms> {
  const { rows } = await client.query<{ table: string; form: string }>(FORMS, [schema]);
  const forms = new Map<string, string[]>();
  for (const { table, form } of rows) forms.set(table, [...(forms.get(table) ?? []), form]);
  return forms;
}

const formsMade = (pool: Pool, scratch: string, statements: readonly string[], signal: AbortSignal | undefined) =>
  onConnection(pool, signal, async (client) => {
    await client.query(`begin; create schema ${scratch}; set local search_path to ${scratch}`);
    try {
      for (const statement of statements) await client.query(statement);
      return await formsOf(client, scratch);
    } finally {
      await client.query("rollback");
    }
  });
