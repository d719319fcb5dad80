import { isAfter, type Position } from "../../event-store/position";

/** Where each partition of each projection stands. */
export type Checkpoints = ReadonlyMap<string, ReadonlyMap<number, Position>>;

/** Partitions that are behind the end of their events: what they have is of a log that is no more. */
export const aheadOf = (head: Position | undefined, checkpoints: Checkpoints) =>
  [...checkpoints].flatMap(([projection, partitions]) =>
    [...partitions].flatMap(([partition, position]) =>
      isAfter(position, head) ? { projection, partition, position } : [],
    ),
  );
