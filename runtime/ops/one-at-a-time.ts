import type { Pool } from "pg";
import { WorkLock } from "../adapters/postgres/work-lock";

/**
 * Does what two must not do at once. A job's runs exclude each other already; one that is begun by hand beside them does not.
 * @param work in words, with the place: whatever has the same words excludes it.
 * @throws {AlreadyRunningError} when somebody is at it.
 */
export const oneAtATime = <Result>(
  pool: Pool,
  work: string,
  signal: AbortSignal,
  run: () => Promise<Result>,
): Promise<Result> =>
  new WorkLock({ pool, work, inUse: (holder) => new AlreadyRunningError(work, holder) }).during(signal, run);

/** Another run of the tool is at it. */
export class AlreadyRunningError extends Error {
  override readonly name = "AlreadyRunningError";

  constructor(work: string, holder: string) {
    super(`${work} is being done already, by ${holder}: wait until it has ended`);
  }
}
