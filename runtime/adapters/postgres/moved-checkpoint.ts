import { positionOf, positionText } from "../../event-store/position";
import { CheckpointMovedError, type Move, type Partition, PartitionsDifferError } from "../../read-models/read-models";
import type { SqlTransaction } from "./sql-transaction";

/**
 * Moves a partition's checkpoint, within the transaction that writes its rows.
 * @throws {CheckpointMovedError | PartitionsDifferError} and then the transaction must be rolled back.
 */
export async function moveCheckpoint(
  transaction: SqlTransaction,
  table: string,
  partition: Partition,
  { from, to }: Move,
): Promise<void> {
  const of = [partition.projection, partition.number, partition.of, positionText(to)];
  const update = (its: string) =>
    transaction.query(
      `update ${table} set position = $4, partitions = $3, moved = now()
      where projection = $1 and partition = $2 and ${its} and position = $5 returning 1`,
      [...of, from && positionText(from)],
    );
  // Locks the row, whoever else owns the partition; a first checkpoint that two would write is one's alone.
  const moved =
    from === undefined
      ? await transaction.query(
          `insert into ${table} (projection, partition, partitions, position) values ($1, $2, $3, $4)
          on conflict do nothing returning 1`,
          of,
        )
      : await update("partitions = $3");
  if (from !== undefined && moved.length > 0) return;
  await checkOthers(transaction, table, partition);
  if (moved.length > 0) return;
  // One of before the number was kept is of whoever moves it first.
  if (from !== undefined && (await update("partitions is null")).length > 0) return;
  throw new CheckpointMovedError(partition, await positionIn(transaction, table, partition));
}

/** Whether the projection's other checkpoints are of as many partitions; where none says so, nobody else may begin meanwhile. */
async function checkOthers({ query }: SqlTransaction, table: string, { projection, number, of }: Partition) {
  const kept = async () => {
    const [row] = await query<{ partitions: number }>(
      `select partitions from ${table}
      where projection = $1 and partitions is not null and not (partition = $2 and partitions = $3) limit 1`,
      [projection, number, of],
    );
    return row?.partitions;
  };
  let other = await kept();
  if (other === undefined) {
    await query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`${table} of ${projection}`]);
    other = await kept();
  }
  if (other !== undefined && other !== of) throw new PartitionsDifferError(projection, other, of);
}

async function positionIn({ query }: SqlTransaction, table: string, { projection, number }: Partition) {
  const [row] = await query<{ position: string }>(
    `select position from ${table} where projection = $1 and partition = $2`,
    [projection, number],
  );
  return row && positionOf(row.position);
}
