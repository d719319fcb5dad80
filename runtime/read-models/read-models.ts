import type { Reading } from "../event-store/event-store";
import type { Position } from "../event-store/position";

/** A part of a projection's events, with one owner at a time and a checkpoint of its own. */
export interface Partition {
  readonly projection: string;
  /** From 0 on. */
  readonly number: number;
}

/** From where to where a checkpoint moves; `undefined` is before the first event. */
export interface Move {
  readonly from: Position | undefined;
  readonly to: Position;
}

/** What queries read and projections write, with a checkpoint of each partition beside the rows that it is of. */
export interface ReadModels<Transaction> {
  /** Up to where each partition has processed all; one that never ran is not among them. */
  checkpoints(projection: string, options?: Reading): Promise<ReadonlyMap<number, Position>>;

  /**
   * Writes rows and moves the checkpoint, both or neither.
   * @throws {CheckpointMovedError} when it is not where it should be: somebody else was faster, and nothing is written.
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

/** The read models did not answer, or not as they should. */
export class ReadModelsUnavailableError extends Error {
  override readonly name = "ReadModelsUnavailableError";

  /** @param cause for the log: it may name hosts. */
  constructor(cause: unknown) {
    super("the read models can't be reached", { cause });
  }
}
