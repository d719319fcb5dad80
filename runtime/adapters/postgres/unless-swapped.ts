import type { PoolClient } from "pg";

/**
 * Reads a schema of models in one snapshot. Names are found as they are at the moment and rows as they were at the snapshot: of
 * models that took the name in between, some rows would be seen and others not.
 * @throws {Error} when they did.
 */
export async function unlessSwapped<Result>(
  client: PoolClient,
  schema: string,
  read: () => Promise<Result>,
): Promise<Result> {
  const { rows } = await client.query<{ oid: string }>("select oid::text from pg_namespace where nspname = $1", [
    schema,
  ]);
  const result = await read();
  const { rows: now } = await client.query<{ oid: string | null }>("select to_regnamespace($1)::oid::text as oid", [
    schema,
  ]);
  if (rows[0]?.oid !== (now[0]?.oid ?? undefined))
    throw new Error(`${schema}: models were swapped while they were read`);
  return result;
}
