/** A schema's name as it is written in SQL. @throws {RangeError} for what would have to be quoted. */
export function checkSchema(schema: string): string {
  // 63 bytes: PostgreSQL cuts longer names off.
  if (/^[a-z_][a-z0-9_]{0,62}$/.test(schema) && !schema.startsWith("pg_")) return schema;
  throw new RangeError(`schema: must be of a-z, 0-9 and _, at most 63 and not begin with pg_, got ${schema}`);
}

/** Keeps the locks of ours apart from those that others take in the same database. */
const LOCKS = 0x65_76_65_6e;

/** A text without parameters, which PostgreSQL runs as one transaction: all of it is there, or nothing. */
export const migrationOf = (schema: string): string => `
set local lock_timeout = '10s';
-- Of two that start at once, "if not exists" alone would fail one.
select pg_advisory_xact_lock(hashtextextended('${schema}', ${LOCKS}));
create schema if not exists ${schema};

create table if not exists ${schema}.events (
  transaction_id xid8 not null default pg_current_xact_id(),
  global_position bigint generated always as identity,
  stream text collate "C" not null,
  revision bigint not null,
  id uuid not null,
  type text collate "C" not null,
  data bytea not null,
  -- Not jsonb, which takes no NUL in a text and puts keys into an order of its own.
  metadata json not null,
  created timestamptz not null default clock_timestamp(),
  primary key (transaction_id, global_position),
  unique (stream, revision),
  unique (stream, id)
);

-- An expected revision of null is any, one of -1 no stream.
create or replace function ${schema}.append_events(
  to_stream text, expected bigint, ids uuid[], types text[], datas bytea[], metadatas text[]
) returns table (appended boolean, at_revision bigint, at_transaction xid8, at_position bigint)
language plpgsql as $$
declare
  actual bigint;
  start bigint := expected;
begin
  -- One writer of a stream at a time, until its commit. A writer gets its transaction's number after the one before it has
  -- committed, so that a stream's events come in their order in the log of all, too; a retry after a conflict of indexes
  -- would have an earlier number than what it lost to.
  perform pg_advisory_xact_lock(hashtextextended('${schema}.' || to_stream, ${LOCKS}));
  select coalesce(max(e.revision), -1) into actual from ${schema}.events e where e.stream = to_stream;
  if start is null then
    select e.revision - 1 into start from ${schema}.events e where e.stream = to_stream and e.id = ids[1];
    start := coalesce(start, actual);
  end if;

  if start < actual and ids = array(
    select e.id from ${schema}.events e
    where e.stream = to_stream and e.revision > start and e.revision <= start + cardinality(ids) order by e.revision
  ) then
    return query select true, e.revision, e.transaction_id, e.global_position from ${schema}.events e
      where e.stream = to_stream and e.revision = start + cardinality(ids);
  elsif start <> actual or exists (select from ${schema}.events e where e.stream = to_stream and e.id = any(ids)) then
    return query select false, actual, null::xid8, null::bigint;
  else
    return query with inserted as (
      insert into ${schema}.events (stream, revision, id, type, data, metadata)
      select to_stream, actual + e.number, e.id, e.type, e.data, e.metadata::json
      from unnest(ids, types, datas, metadatas) with ordinality as e (id, type, data, metadata, number)
      order by e.number
      returning revision, transaction_id, global_position
    )
    select true, i.revision, i.transaction_id, i.global_position from inserted i order by i.revision desc limit 1;
  end if;
end
$$;
`;
