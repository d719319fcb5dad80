import { ownSchema } from "./own-schema";
import { RESERVED_WORDS } from "./reserved-words";

/** In bytes: PostgreSQL cuts longer names off. */
const MAX_NAME = 63;

/**
 * A schema's name as it is written in SQL.
 * @param most characters: fewer where longer names are made of it.
 * @throws {RangeError} for what would have to be quoted.
 */
export function checkSchema(schema: string, most = MAX_NAME): string {
  const isName = /^[a-z_][a-z0-9_]*$/.test(schema) && schema.length <= most && !RESERVED_WORDS.has(schema);
  if (isName && !/^pg_|^information_schema$/.test(schema)) return schema;
  throw new RangeError(
    `schema: must be of a-z, 0-9 and _, at most ${most}, no reserved word of SQL and none of PostgreSQL's own, pg_… and information_schema, got ${schema}`,
  );
}

/** Keeps the locks of ours apart from those that others take in the same database. */
const LOCKS = 0x65_76_65_6e;

/**
 * How long an append waits for another one of its stream: shorter than the store's limit on an answer, so that the server gives
 * up first. What only its client has given up would go on waiting, and hold a connection of the server.
 */
const LOCK_LIMIT = "5s";

export const migrationOf = (schema: string): string => `${ownSchema(schema, LOCKS)}
-- What is added to a transaction's number, so that numbers go on where they were after the events have moved to another
-- server, by a dump or by logical replication: they are higher there than its own, and would be in its future.
create table if not exists ${schema}.log (only_row boolean primary key default true check (only_row), base bigint not null);
insert into ${schema}.log (base) values (0) on conflict do nothing;

create table if not exists ${schema}.events (
  transaction_id bigint not null,
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

update ${schema}.log set base = last.transaction_id + 1 - pg_snapshot_xmin(pg_current_snapshot())::text::bigint
from (select transaction_id from ${schema}.events order by transaction_id desc limit 1) last
where last.transaction_id >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint + base;

-- An expected revision of null is any, one of -1 no stream. A connection keeps the plans of its sixth call until the table is
-- analyzed again, also those that it made for a table of ten rows, for which a scan with a sort is cheapest. A plan for each
-- call would cost as much as the insert. Without scans of the whole table and without sorts, each look below has one plan left
-- at any size: it reads an end of the index that has its order. The costs of what is off would start the JIT compiler.
create or replace function ${schema}.append_events(
  to_stream text, expected bigint, ids uuid[], types text[], datas bytea[], metadatas text[]
) returns table (appended boolean, at_revision bigint, at_transaction bigint, at_position bigint)
language plpgsql set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set jit = off
set lock_timeout = '${LOCK_LIMIT}' as $$
declare
  log_base bigint;
  is_ahead boolean;
  actual bigint;
  start bigint;
begin
  -- One writer of a stream at a time, until its commit. A writer gets its transaction's number after the one before it has
  -- committed, so that a stream's events come in their order in the log of all, too; a retry after a conflict of indexes
  -- would have an earlier number than what it lost to.
  perform pg_advisory_xact_lock(hashtextextended('${schema}.' || to_stream, ${LOCKS}));
  -- One statement, which begins after the lock: each further one would cost as much as the insert.
  select l.base,
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint + l.base <=
      (select e.transaction_id from ${schema}.events e order by e.transaction_id desc limit 1),
    coalesce((select e.revision from ${schema}.events e where e.stream = to_stream order by e.revision desc limit 1), -1),
    case when expected is null
      then (
        select case when e.id = ids[1] then e.revision - 1 end
        from ${schema}.events e where e.stream = to_stream and e.id >= ids[1] order by e.id limit 1
      )
      else expected
    end
  into log_base, is_ahead, actual, start
  from ${schema}.log l;
  if is_ahead then
    raise exception 'the events have come from another server: migrate the event store first';
  end if;
  start := coalesce(start, actual);

  if start = actual then
    -- An id that the stream has already breaks its index: to look for it before would cost as much again.
    return query with inserted as (
      insert into ${schema}.events (transaction_id, stream, revision, id, type, data, metadata)
      select pg_current_xact_id()::text::bigint + log_base, to_stream, actual + e.number, e.id, e.type, e.data, e.metadata::json
      from unnest(ids, types, datas, metadatas) with ordinality as e (id, type, data, metadata, number)
      order by e.number
      returning revision, transaction_id, global_position
    )
    select true, i.revision, i.transaction_id, i.global_position from inserted i order by i.revision desc limit 1;
    return;
  end if;
  return query with present as (
    select e.id, e.revision, e.transaction_id, e.global_position from ${schema}.events e
    where e.stream = to_stream and e.revision > start order by e.revision limit cardinality(ids)
  )
  select true, p.revision, p.transaction_id, p.global_position from present p
  where ids = array(select id from present order by revision) order by p.revision desc limit 1;
  if not found then
    return query select false, actual, null::bigint, null::bigint;
  end if;
end
$$;
`;
