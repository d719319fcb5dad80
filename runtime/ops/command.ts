import type { StageReport } from "../recovery/stage-report";
import type { Outcome } from "./outcome";
import type { Surroundings } from "./surroundings";

/** What a command has: its surroundings, and what is closed after it. */
export interface CommandSurroundings extends Surroundings {
  /** Gives what it is given, and closes it when the command is over, the last first. @param close @default - its `close` */
  use<Resource>(resource: Resource & Partial<Closeable>, close?: (resource: Resource) => unknown): Resource;
}

interface Closeable {
  close(): unknown;
}

/** @throws what makes it impossible to say whether all is as it should be. */
export type Command<Options> = (
  options: Options,
  surroundings: CommandSurroundings,
  report: StageReport<string>,
) => Promise<Outcome>;
