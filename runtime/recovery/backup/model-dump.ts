import type { Waiting } from "../../keys/wrapping-keys";
import type { BackedUpCheckpoint, LastEvent } from "./manifest";

export interface DumpedTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** In the store's own form, which it takes back as it is. */
  readonly rows: AsyncIterable<Uint8Array>;
}

/** Read models of one moment. */
export interface ModelSnapshot {
  readonly checkpoints: readonly BackedUpCheckpoint[];
  /** The last event that they were built with: they are of the store that has it. @default - not known */
  readonly reach?: LastEvent;
  /** One after the other; how many rows there were is known when its rows were read. */
  tables(): AsyncIterable<DumpedTable & { counted(): number }>;
}

/** Where read models can be read as they are at one moment, with their checkpoints. */
export interface ModelSource {
  /** What `work` is given ends with it. @throws {ReadModelsUnavailableError} */
  snapshot<Result>(work: (snapshot: ModelSnapshot) => Promise<Result>, waiting?: Waiting): Promise<Result>;
}
