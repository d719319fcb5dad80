import type { Pool } from "pg";
import { inTransaction } from "./connection";

/** Makes what reading needs once all rows of a schema are there: indexes, and what the planner knows of its tables. */
export async function prepareTables(
  pool: Pool,
  schema: string,
  indexes: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  await inTransaction(pool, signal, async (client) => {
    await client.query(`set local search_path to ${schema}; set local statement_timeout = 0`);
    for (const statement of indexes) await client.query(statement);
    const { rows } = await client.query<{ name: string }>(
      "select format('%I', relname) as name from pg_class where relnamespace = $1::regnamespace and relkind in ('r', 'p')",
      [schema],
    );
    for (const { name } of rows) await client.query(`analyze ${name}`);
  });
}
