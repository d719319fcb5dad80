import type { Pool } from "pg";
import { inTransaction } from "./connection";
import { type Form, formsIn, formsMade } from "./forms";

/**
 * Each column of each table of a schema, and what its rows must keep to: other schemas may be named in it, and are not ours. And
 * what values the schema's own types have, which a column does not say.
 */
const FORMS = `
select c.relname::text as name, format('column %I %s%s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
  case when a.attnotnull then ' not null' else '' end, ' default ' || pg_get_expr(d.adbin, d.adrelid), a.attidentity,
  a.attgenerated) as form
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p', 'c')
union all
select coalesce(c.relname, t.typname)::text, pg_get_constraintdef(k.oid)
from pg_constraint k left join pg_class c on c.oid = k.conrelid left join pg_type t on t.oid = k.contypid
where k.connamespace = $1::regnamespace and k.contype in ('p', 'u', 'c', 'x')
union all
select typname::text, format('domain of %s%s', format_type(typbasetype, typtypmod),
  case when typnotnull then ' not null' else '' end)
from pg_type where typnamespace = $1::regnamespace and typtype = 'd'
union all
select t.typname::text, format('enum of %s', string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder))
from pg_type t join pg_enum e on e.enumtypid = t.oid where t.typnamespace = $1::regnamespace group by t.typname`;

/**
 * Whether the tables of a schema, and their types, are what statements would make where there is nothing yet: "if not exists"
 * leaves those as they are that were made by other statements. What no statement makes is nobody's business.
 * @returns the names of what they make.
 * @throws {RangeError} with the first that is not.
 */
export async function checkForms(
  pool: Pool,
  schema: string,
  statements: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const actual = byName(await inTransaction(pool, signal, (client) => formsIn(client, schema, FORMS)));
  const make: Parameters<typeof formsMade>[3] = async (client, scratch) => {
    await client.query(`set local search_path to ${scratch}`);
    for (const statement of statements) await client.query(statement);
  };
  const made = byName(await formsMade(pool, schema, FORMS, make, signal));
  for (const [name, form] of made) {
    const got = actual.get(name) ?? [];
    const missing = form.find((each) => !got.includes(each));
    const other = got.find((each) => !form.includes(each));
    if (missing === undefined && other === undefined) continue;
    const difference = [missing && `lacks ${missing}`, other && `has ${other}`].filter(Boolean).join(" and ");
    throw new RangeError(
      `${schema}.${name}: is of another form than the projections make, it ${difference}: build beside it, or drop it first`,
    );
  }
  return [...made.keys()];
}

function byName(forms: readonly Form[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { name, form } of forms) found.set(name, [...(found.get(name) ?? []), form]);
  return found;
}
