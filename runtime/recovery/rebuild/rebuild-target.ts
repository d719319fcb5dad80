import type { Reading } from "../../event-store/event-store";
import type { ReadModels } from "../../read-models/read-models";
import type { LastEvent } from "../backup/manifest";
import type { Checkpoints } from "./checkpoints";

/** Models as they are when others are to take their place. */
export interface FormerModels {
  readonly checkpoints: Checkpoints;
  /** The last event that they might have when they took their place. @default - not known */
  readonly reach: LastEvent | undefined;
}

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
   * @param isInLog whether the event store has an event: what was begun of one that has gone since is no beginning either.
   * @returns whether there was some.
   * @throws {SchemaInUseError} when somebody else builds there.
   */
  begin(of: string, isInLog: (last: LastEvent) => Promise<boolean>, options?: Reading): Promise<boolean>;

  /** Says of the models that are built that they have no event behind this one. Before they get it. */
  reach(last: LastEvent, options?: Reading): Promise<void>;

  /** What is made once all rows are there: indexes, and what the planner knows of tables. Done again, it is the same. */
  complete(options?: Reading): Promise<void>;

  /**
   * Holds projections back, has `drain` bring the new models at least as far as they have brought the old ones, and puts the
   * new ones into their place: rows, checkpoints and rights, all at once or not at all.
   * @param drain which says whether the old ones are of another event store: nobody may go back to them then.
   * @returns where the former models are kept, undefined where there were none.
   */
  swap(drain: (former: FormerModels | undefined) => Promise<boolean>, options?: Reading): Promise<string | undefined>;

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
