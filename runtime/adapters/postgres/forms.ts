import type { Pool, PoolClient } from "pg";
import { onConnection } from "./connection";

/** Of something in a schema: its name, and a text that is the same for all that are alike. */
export interface Form {
  readonly name: string;
  readonly form: string;
}

/** One for all: what is made in it is gone before anybody else sees it, and a name made of another's may be too long. */
const SCRATCH = "scratch_of_forms";

/** What a query, whose $1 is a schema, finds there: each with a name and a form. */
export async function formsIn(
  client: PoolClient,
  schema: string,
  query: string,
  as = schema,
): Promise<readonly Form[]> {
  // All but PostgreSQL's own is then written with its schema: a name alone may be another thing's in another schema.
  await client.query("set local search_path to pg_catalog");
  const { rows } = await client.query<Form>(
    `select name, replace(form, format('%I.', $1::text), format('%I.', $2::text)) as form from (${query}) found order by 1, 2`,
    [schema, as],
  );
  return rows;
}

/** What a query would find in a schema where there was nothing before but what `make` makes. Nothing of that is kept. */
export const formsMade = (
  pool: Pool,
  schema: string,
  query: string,
  make: (client: PoolClient, scratch: string) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<readonly Form[]> =>
  onConnection(pool, signal, async (client) => {
    try {
      await client.query(`begin; create schema ${SCRATCH}`);
      await make(client, SCRATCH);
      return await formsIn(client, SCRATCH, query, schema);
    } finally {
      // A connection that is gone has rolled it back already.
      await client.query("rollback").catch(() => undefined);
    }
  });
