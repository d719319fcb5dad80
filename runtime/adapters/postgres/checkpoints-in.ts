import type { PoolClient } from "pg";
import { type Position, positionOf } from "../../event-store/position";
import type { Checkpoints } from "../../recovery/rebuild/replay";

/** Where each partition of each projection of a schema stands. */
export async function checkpointsIn(client: PoolClient, schema: string): Promise<Checkpoints> {
  const { rows } = await client.query<{ projection: string; partition: number; position: string }>(
    `select projection, partition, position from ${schema}.checkpoints`,
  );
  const checkpoints = new Map<string, Map<number, Position>>();
  for (const { projection, partition, position } of rows) {
    const partitions = checkpoints.get(projection) ?? new Map<number, Position>();
    checkpoints.set(projection, partitions.set(partition, positionOf(position)));
  }
  return checkpoints;
}
