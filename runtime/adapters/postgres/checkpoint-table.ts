import { PartitionsDifferError } from "../../read-models/read-models";

export interface CheckpointRow {
  readonly projection: string;
  readonly partition: number;
  readonly position: string;
  /** Of how many it is one; null for one that was written before that was kept. */
  readonly partitions: number | null;
}

/** Statement that makes the table, where it isn't there yet. */
export const createCheckpoints = (table: string): string =>
  `create table if not exists ${table} (
    projection text not null, partition int not null, position text not null, partitions int,
    moved timestamptz not null default now(), primary key (projection, partition))`;

/** Statement for a table that was made before the number of partitions was kept. It waits for whoever reads or writes there. */
export const addPartitions = (table: string): string => `alter table ${table} add column if not exists partitions int`;

/** Query of {@link CheckpointRow}s, also of a table that has no column for the number of partitions yet. */
export const selectCheckpoints = (table: string): string =>
  `select projection, partition, position, (to_jsonb(c) ->> 'partitions')::int as partitions from ${table} c`;

/** @throws {PartitionsDifferError} for a checkpoint of another number of partitions. */
export function checkPartitions({ projection, partition, partitions }: CheckpointRow, got: number): void {
  // One that was written before the number was kept tells only how many there were at least.
  const kept = partitions ?? Math.max(partition + 1, got);
  if (kept !== got) throw new PartitionsDifferError(projection, kept, got);
}
