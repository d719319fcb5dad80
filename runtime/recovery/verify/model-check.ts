import type { Reading } from "../../event-store/event-store";
import type { ReadModels } from "../../read-models/read-models";
import type { Checkpoints } from "../rebuild/checkpoints";
import type { Finding } from "./finding";

/** Whose rows read models are. */
export interface ProjectedModels {
  readonly projections: readonly { readonly name: string }[];
  /** Of how many each projection's checkpoints must be. */
  readonly partitions: number;
}

/** Read models that can be compared with what events give, while they are read and written. */
export interface ModelCheck<Transaction> {
  /**
   * Looks at the models at one moment, has `build` make the same of events, up to the same checkpoints, and says where they
   * differ.
   * @throws {PartitionsDifferError} for checkpoints of another number of partitions, before anything is built.
   */
  compare(
    of: ProjectedModels,
    build: (models: ReadModels<Transaction>, until: Checkpoints) => Promise<void>,
    options?: Reading,
  ): Promise<{ readonly tables: number; readonly rows: number; readonly findings: readonly Finding[] }>;
}
