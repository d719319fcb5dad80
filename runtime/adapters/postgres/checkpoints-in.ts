import type { PoolClient } from "pg";
import { type Position, positionOf } from "../../event-store/position";
import type { Checkpoints } from "../../recovery/rebuild/checkpoints";
import type { ProjectedModels } from "../../recovery/verify/model-check";
import { type CheckpointRow, checkPartitions, selectCheckpoints } from "./checkpoint-table";

/**
 * Where each partition of each projection of a schema stands.
 * @param of whose checkpoints must be of how many partitions. @default - of any number
 * @throws {PartitionsDifferError}
 */
export async function checkpointsIn(client: PoolClient, schema: string, of?: ProjectedModels): Promise<Checkpoints> {
  const { rows } = await client.query<CheckpointRow>(
    `${selectCheckpoints(`${schema}.checkpoints`)} order by partition desc`,
  );
  const checkpoints = new Map<string, Map<number, Position>>();
  for (const row of rows) {
    const { projection, partition, position } = row;
    if (of?.projections.some(({ name }) => name === projection)) checkPartitions(row, of.partitions);
    const partitions = checkpoints.get(projection) ?? new Map<number, Position>();
    checkpoints.set(projection, partitions.set(partition, positionOf(position)));
  }
  return checkpoints;
}
