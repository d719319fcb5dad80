import type { PoolClient } from "pg";
import { checkSchema } from "./event-table";

/** What the longest of the names beside a schema's takes: `_before_20261124t090000000`. */
export const MAX_GENERATION_NAME = 63 - 26;

/** The year, month, day, hour, minute, second and millisecond at the end of a name. */
const TIME = /_before_(\d{4})(\d\d)(\d\d)t(\d\d)(\d\d)(\d\d)(\d{3})$/;

const nameAt = (schema: string, time: Date): string =>
  `${schema}_before_${time.toISOString().slice(0, -1).replace(/[-:.]/g, "").toLowerCase()}`;

/** What a schema is called once another has taken its place: behind all former ones, whose order their names are. */
export async function formerName(client: PoolClient, schema: string): Promise<string> {
  const name = nameAt(schema, new Date());
  const newest = (await generationsOf(client, schema)).at(-1);
  if (newest === undefined || newest < name) return name;
  // The clock was set back, or it is the same millisecond.
  const [, year, month, day, hour, minute, second, millisecond] = (TIME.exec(newest) ?? []).map(Number);
  const next = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second, (millisecond ?? 0) + 1);
  return nameAt(schema, new Date(next));
}

/** Former schemas, oldest first. */
export async function generationsOf(client: PoolClient, schema: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    "select nspname::text as name from pg_namespace where nspname ~ $1 order by nspname",
    [`^${checkSchema(schema)}_before_\\d{8}t\\d{9}$`],
  );
  return rows.map(({ name }) => name);
}
