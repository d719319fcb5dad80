import type { Reading } from "../../event-store/event-store";
import type { ReadModels } from "../../read-models/read-models";
import type { Checkpoints } from "./checkpoints";

/** Read models that can be built beside those that are read, and take their place at once. */
export interface RebuildTarget<Transaction> {
  /** In words: the schema that queries read. */
  readonly place: string;
  /** The models that are built, which nobody reads yet. */
  readonly next: ReadModels<Transaction>;

  /**
   * Makes what is to be built, empty, or finds what a rebuild of the same models has built before it died. From then on until
   * `end` nobody else builds in this place.
   * @param of what makes the models: what was begun of anything else is no beginning of these.
   * @returns whether there was some.
   * @throws {SchemaInUseError} when somebody else builds there.
   */
  begin(of: string, options?: Reading): Promise<boolean>;

  /** What is made once all rows are there: indexes, and what the planner knows of tables. Done again, it is the same. */
  complete(options?: Reading): Promise<void>;

  /**
   * Holds projections back, has `drain` bring the new models at least as far as they have brought the old ones, and puts the
   * new ones into their place: rows, checkpoints and rights, all at once or not at all.
   * @param drain which says whether the old ones are ahead of all events: nobody may go back to them then.
   * @returns where the former models are kept, undefined where there were none.
   */
  swap(drain: (reached: Checkpoints) => Promise<boolean>, options?: Reading): Promise<string | undefined>;

  /** Lets others build there, however it went. @param isOfUse whether what was built and not swapped can be gone on with. */
  end(isOfUse: boolean): Promise<void>;
}

/** Somebody else builds models in the same place. */
export class SchemaInUseError extends Error {
  override readonly name = "SchemaInUseError";

  constructor(schema: string, holder: string) {
    super(`models of ${schema} are being built or compared already, by ${holder}: wait until that is done`);
  }
}
