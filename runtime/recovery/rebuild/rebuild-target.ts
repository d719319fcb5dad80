import type { Reading } from "../../event-store/event-store";
import type { ReadModels } from "../../read-models/read-models";
import type { Checkpoints } from "./replay";

/** Read models that can be built beside those that are read, and take their place at once. */
export interface RebuildTarget<Transaction> {
  /** In words: the schema that queries read. */
  readonly place: string;
  /** The models that are built, which nobody reads yet. */
  readonly next: ReadModels<Transaction>;

  /**
   * Makes what is to be built, empty, or finds what a rebuild of the same models has built before it died.
   * @returns whether there was some.
   */
  begin(options?: Reading): Promise<boolean>;

  /** What is made once all rows are there: indexes, and what the planner knows of tables. */
  complete(options?: Reading): Promise<void>;

  /**
   * Holds projections back, has `drain` bring the new models at least as far as they have brought the old ones, and puts the
   * new ones into their place: rows, checkpoints and rights, all at once or not at all.
   * @returns where the former models are kept, undefined where there were none.
   */
  swap(drain: (reached: Checkpoints) => Promise<void>, options?: Reading): Promise<string | undefined>;
}
