import { escapeIdentifier, type Pool } from "pg";
import { inTransaction, onConnection } from "./connection";
import { formsIn } from "./forms";
import { INDEX_FORMS, indexesMade } from "./index-forms";
import { allowLongStatements } from "./silent-connections";

/** Of a name that a relation has already. */
const DUPLICATE = "42P07";

/** Tables that are looked at beside each other: one alone leaves all cores of the server but one without work. */
const AT_A_TIME = 2;

/**
 * Tables with their columns but for documents: those are compared whole to be counted, which takes longer than all others, for
 * what no plan is made of. Autovacuum counts them in its own time. Where an index is of an expression, the table is named alone:
 * what such an index holds is not looked at beside a list of columns.
 */
const TABLES = `select format('%I.%I%s', $1::text, c.relname,
    case when not has.expressions then format(' (%s)', string_agg(quote_ident(a.attname), ', ')) end) as name
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  cross join lateral (
    select exists (select from pg_index i where i.indrelid = c.oid and i.indexprs is not null) as expressions
  ) has
  where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p')
    and (has.expressions or a.atttypid not in ('json'::regtype, 'jsonb'::regtype))
  group by c.relname, has.expressions`;

/** Makes what reading needs once all rows of a schema are there: indexes, and what the planner knows of its tables. */
export async function prepareTables(
  pool: Pool,
  schema: string,
  indexes: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  // Each by itself: what took long to make is not made again for the next that could not be.
  for (const statement of indexes) await makeOnce(pool, schema, statement, signal);
  const names = await onConnection(pool, signal, async (client) => {
    const { rows } = await client.query<{ name: string }>(TABLES, [schema]);
    return rows.map(({ name }) => name);
  });
  const analyzeNext = async (): Promise<void> => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      const statement = `analyze ${name}`;
      await inTransaction(pool, signal, async (client) => {
        await allowLongStatements(client);
        await client.query(statement);
      });
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, analyzeNext));
}

/**
 * One that was killed may have made it, and not every statement says "if not exists". An index that another statement has made
 * under its name goes in the transaction that brings this one, and stays where that fails.
 */
async function makeOnce(pool: Pool, schema: string, statement: string, signal: AbortSignal | undefined): Promise<void> {
  try {
    const wanted = await indexesMade(pool, schema, statement, signal);
    await inTransaction(pool, signal, async (client) => {
      const there = (await formsIn(client, schema, INDEX_FORMS)).map(({ form }) => form);
      if (wanted.length > 0 && wanted.every(({ form }) => there.includes(form))) return;
      await allowLongStatements(client);
      await client.query(`set local search_path to ${schema}`);
      for (const { name } of wanted) await client.query(`drop index if exists ${schema}.${escapeIdentifier(name)}`);
      await client.query(statement);
    });
  } catch (error) {
    if ((error as { code?: unknown }).code !== DUPLICATE) throw error;
  }
}
