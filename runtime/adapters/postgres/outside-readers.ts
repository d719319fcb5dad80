import type { PoolClient } from "pg";

/** What follows a schema's tables wherever they go, and not the schema's name. */
const OUTSIDE = `
select format('%I.%I', o.nspname, v.relname) as name
from pg_depend d join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
join pg_class v on v.oid = r.ev_class join pg_namespace o on o.oid = v.relnamespace
join pg_class c on d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1 and o.oid <> n.oid
union
select format('%I.%I', o.nspname, v.relname)
from pg_constraint f join pg_class c on c.oid = f.confrelid join pg_namespace n on n.oid = c.relnamespace
join pg_class v on v.oid = f.conrelid join pg_namespace o on o.oid = v.relnamespace
where f.contype = 'f' and n.nspname = $1 and o.oid <> n.oid
order by name`;
/** Views of a schema that another has not. */
const MISSED = `
select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1 and c.relkind in ('v', 'm') and to_regclass(format('%I.%I', $2::text, c.relname)) is null
order by name`;

/**
 * Views and foreign keys that would go on with the former tables once others have taken their schema's name, and views that
 * would be gone. @throws {RangeError} when there are some.
 */
export async function checkReaders(client: PoolClient, place: string, beside: string): Promise<void> {
  const outside = await outsideReaders(client, place);
  if (outside.length > 0)
    throw new RangeError(
      `${place}: ${outside.join(", ")} would go on with the former tables: drop it, or build in place`,
    );
  const missed = await named(client, MISSED, [place, beside]);
  if (missed.length > 0)
    throw new RangeError(`${place}: ${missed.join(", ")} would be gone: make it with the tables, or drop it`);
}

/** Views and foreign keys of other schemas on tables of this one. */
export const outsideReaders = (client: PoolClient, schema: string) => named(client, OUTSIDE, [schema]);

async function named(client: PoolClient, text: string, values: string[]): Promise<readonly string[]> {
  return (await client.query<{ name: string }>(text, values)).rows.map(({ name }) => name);
}
