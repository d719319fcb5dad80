import type { Reading } from "../event-store/event-store";
import type { Position } from "../event-store/position";

/** A part of a projection's events, with one owner at a time and a checkpoint of its own. */
export interface Partition {
  readonly projection: string;
  /** From 0 on. */
  readonly number: number;
  /** Of how many it is one. Another number is another division of the events, with which no checkpoint can be gone on from. */
  readonly of: number;
}

/** From where to where a checkpoint moves; `undefined` is before the first event. */
export interface Move {
  readonly from: Position | undefined;
  readonly to: Position;
}

/** What queries read and projections write, with a checkpoint of each partition beside the rows that it is of. */
export interface ReadModels<Transaction> {
  /**
   * Up to where each partition has processed all; one that never ran is not among them.
   * @param partitions how many they must be.
   * @throws {PartitionsDifferError} when they are of another number.
   * @throws {ReadModelsUnavailableError}
   */
  checkpoints(projection: string, partitions: number, options?: Reading): Promise<ReadonlyMap<number, Position>>;

  /**
   * Writes rows and moves the checkpoint, both or neither.
   * @throws {CheckpointMovedError} when it is not where it should be: somebody else was faster, and nothing is written.
   * @throws {PartitionsDifferError} when checkpoints of its projection are of another number of partitions; nothing is written.
   * @throws {ReadModelsUnavailableError} when it is not known whether they were written: try again, and the checkpoint tells.
   * @throws what `write` throws; nothing is written then.
   */
  project(
    partition: Partition,
    move: Move,
    write: (transaction: Transaction) => Promise<void>,
    options?: Reading,
  ): Promise<void>;

  close(): Promise<void>;
}

/** Another owner of the partition has moved its checkpoint. */
export class CheckpointMovedError extends Error {
  override readonly name = "CheckpointMovedError";

  /** @param actual where it is, undefined for one that is not there any more. */
  constructor(
    readonly partition: Partition,
    readonly actual: Position | undefined,
  ) {
    super(`the checkpoint of partition ${partition.number} of ${partition.projection} was moved by another owner`);
  }
}

/**
 * Read models were written with another number of partitions. With this one, some events would be written again and others
 * never: nothing is, until the models are built anew or the number is what it was.
 */
export class PartitionsDifferError extends Error {
  override readonly name = "PartitionsDifferError";

  /**
   * @param kept of how many partitions its checkpoints are.
   * @param got how many there are to be.
   */
  constructor(
    readonly projection: string,
    readonly kept: number,
    readonly got: number,
  ) {
    super(
      `${projection}: its checkpoints are of ${kept} partitions, got ${got}: rebuild the read models with PROJECTION_PARTITIONS ${got}, or go back to ${kept}`,
    );
  }
}

/** The read models did not answer, or not as they should. */
export class ReadModelsUnavailableError extends Error {
  override readonly name = "ReadModelsUnavailableError";

  /** @param cause for the log: it may name hosts. */
  constructor(cause: unknown) {
    super("the read models can't be reached", { cause });
  }
}
