import type { Pool, PoolClient } from "pg";
import { inTransaction } from "./connection";

/** Of a name that a relation has already. */
const DUPLICATE = "42P07";

/** Makes what reading needs once all rows of a schema are there: indexes, and what the planner knows of its tables. */
export async function prepareTables(
  pool: Pool,
  schema: string,
  indexes: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  await inTransaction(pool, signal, async (client) => {
    await client.query(`set local search_path to ${schema}; set local statement_timeout = 0`);
    for (const statement of indexes) await makeOnce(client, statement);
    const { rows } = await client.query<{ name: string }>(
      "select format('%I', relname) as name from pg_class where relnamespace = $1::regnamespace and relkind in ('r', 'p')",
      [schema],
    );
    for (const { name } of rows) await client.query(`analyze ${name}`);
  });
}

/** One that was killed may have made it, and not every statement says "if not exists". */
async function makeOnce(client: PoolClient, statement: string): Promise<void> {
  await client.query("savepoint made");
  try {
    await client.query(statement);
  } catch (error) {
    if ((error as { code?: unknown }).code !== DUPLICATE) throw error;
    await client.query("rollback to savepoint made");
  }
}
