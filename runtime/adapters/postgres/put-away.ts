import type { PoolClient } from "pg";
import { formerName } from "./generation-names";

/**
 * Makes room for another schema of the same name. What is in the one there was is kept, models or not.
 * @returns where; undefined where there was nothing.
 */
export async function putAway(client: PoolClient, schema: string): Promise<string | undefined> {
  const { rows } = await client.query<{ holds: boolean }>(
    `select exists (
      select from pg_depend where refclassid = 'pg_namespace'::regclass and refobjid = to_regnamespace($1) and deptype = 'n'
    ) as holds`,
    [schema],
  );
  if (rows[0]?.holds !== true) {
    await client.query(`drop schema if exists ${schema}`);
    return undefined;
  }
  const former = await formerName(client, schema);
  await client.query(`alter schema ${schema} rename to ${former}`);
  return former;
}
