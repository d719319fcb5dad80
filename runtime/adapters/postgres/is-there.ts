import type { PoolClient } from "pg";

/** Whether there is a table of this name. */
export async function isThere(client: PoolClient, table: string): Promise<boolean> {
  const { rows } = await client.query<{ is_there: boolean }>("select to_regclass($1) is not null as is_there", [table]);
  return rows[0]?.is_there === true;
}
