import type { SqlTransaction } from "../../../../runtime/adapters/postgres/postgres-read-models";
import type { Projection } from "../../../../runtime/projections/projection";

/** A row a stream, in which an event that was written twice, or never, can be seen: its events are one more than its revision. */
export const TOTALS =
  "create table if not exists totals (stream text primary key, total int not null, revision int not null)";

const handleAll: Projection<SqlTransaction>["handleAll"] = async (events, transaction) => {
  const rows = new Map<string, { stream: string; total: number; revision: number }>();
  for (const { stream, revision } of events)
    rows.set(stream, { stream, total: (rows.get(stream)?.total ?? 0) + 1, revision: Number(revision) });
  await transaction.query(
    `insert into totals as t (stream, total, revision)
    select stream, total, revision from json_to_recordset($1::json) as r (stream text, total int, revision int)
    on conflict (stream) do update set total = t.total + excluded.total, revision = excluded.revision`,
    [JSON.stringify([...rows.values()])],
  );
};

export const streamTotals: Projection<SqlTransaction> = {
  name: "totals",
  types: ["OrderCreated"],
  handleAll,
  handle: (event, transaction) => handleAll([event], transaction),
};

/** Columns as text, whatever type they have; and in which table a row was found, for names are given to others. */
export const READ_TOTALS =
  "select tableoid::text as found_in, stream::text as stream, total::text as total, revision::text as revision from totals";
