import type { PoolClient } from "pg";
import { outsideReaders } from "./outside-readers";

/** What a store's tables are, with their columns: a table of others may have such a name, too. */
const TABLES = `
select c.oid, c.relname from pg_class c where c.relnamespace = to_regnamespace($1) and c.relkind = 'r' and (c.relname, (
  select string_agg(a.attname, ' ' order by a.attnum) from pg_attribute a
  where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
)) in (
  ('log', 'only_row base'),
  ('events', 'transaction_id global_position stream revision id type data metadata created'),
  ('restored', 'backup head last_row restored')
)`;
const FUNCTION = "append_events(text, bigint, uuid[], text[], bytea[], text[])";
/** Everything that is in a schema by itself, of whatever kind, but for what is a store's and what its tables have with them. */
const OTHERS = `
with tables as (${TABLES}), own as (
  select 'pg_class'::regclass as class, oid from tables
  union all
  select d.classid, d.objid from pg_depend d join tables on d.refobjid = tables.oid
  where d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
  union all
  select 'pg_proc'::regclass, to_regprocedure($1 || '.${FUNCTION}')
)
select format('%s %s', i.type, i.identity) as name
from pg_depend d, pg_identify_object(d.classid, d.objid, 0) i
where d.refclassid = 'pg_namespace'::regclass and d.refobjid = to_regnamespace($1) and d.deptype = 'n'
  and not exists (select from own where own.class = d.classid and own.oid = d.objid)
order by name`;

/** Whether a schema has a table that is a store's. */
export async function hasStoreTable(
  client: PoolClient,
  schema: string,
  table: "events" | "restored",
): Promise<boolean> {
  const { rows } = await client.query<{ relname: string }>(TABLES, [schema]);
  return rows.some(({ relname }) => relname === table);
}

/** What is in a schema, or reads in it, and is not a store's. */
export async function othersIn(client: PoolClient, schema: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(OTHERS, [schema]);
  return [...rows.map(({ name }) => name), ...(await outsideReaders(client, schema))];
}

/** Drops a store and nothing else: PostgreSQL refuses it, where somebody has put anything there in the meantime. */
export const dropStore = (schema: string): string => `
drop function if exists ${schema}.${FUNCTION};
drop table if exists ${schema}.events, ${schema}.log, ${schema}.restored;
drop schema if exists ${schema};`;
